import { ToolError } from '../../toolset/errors.ts';
import type { Variable } from './model.ts';

/** What one variable stands for in one run. */
export interface Binding {
  readonly variable: Variable;
  /** One value, or several where the variable takes several. */
  readonly value: string | readonly string[];
  /** The dashboard's own text for All, which Grafana puts in as it is. */
  readonly isRaw: boolean;
  /** The caller wrote it, and the dashboard does not hold it among its options. */
  readonly isGiven: boolean;
}

/** Values that callers name, by variable. */
export type Given = Readonly<Record<string, readonly string[]>>;

const ALL = '$__all';
/** Types of which a viewer picks a stored option, and those of which a value may be written. */
const CHOSEN: ReadonlySet<string> = new Set(['query', 'custom', 'textbox', 'interval']);
const WRITTEN: ReadonlySet<string> = new Set(['query', 'textbox']);
/** No character of it means anything within a string of PromQL or LogQL. */
const LITERAL = /^[A-Za-z0-9_.:/-]{1,200}$/;

const flat = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** What the dashboard was saved with. */
const savedOf = ({ type, current, query }: Variable): readonly string[] => {
  const saved = flat(current?.value);
  if (saved.length > 0 || query === undefined) return saved;
  return type === 'constant' || type === 'textbox' ? [query] : [];
};

/** Values of a variable that the dashboard holds, without the one that stands for all of them. */
export const optionsOf = (variable: Variable): string[] => [
  ...new Set(
    [...variable.options.flatMap(({ value }) => flat(value)), ...savedOf(variable)].filter(
      (value) => value !== ALL && value !== '',
    ),
  ),
];

/**
 * Checks what a caller gives against what the dashboard declares, before anything runs.
 * Throws ToolError('invalid_arguments') for a variable that is not declared, is not for viewers to set, or does
 * not take the value.
 */
export function checkGiven(variables: readonly Variable[], given: Given): void {
  for (const [name, values] of Object.entries(given)) {
    const variable = variables.find((one) => one.name === name);
    if (!variable) {
      const known = variables.map((one) => one.name).join(', ') || 'none';
      throw invalid(`the dashboard declares no variable ${name}; it declares: ${known}`);
    }
    if (variable.hide === 2 || variable.hide === 'hideVariable' || !CHOSEN.has(variable.type))
      throw invalid(`the variable ${name} is not for viewers to set`);
    if (values.length !== 1 && !variable.multi) throw invalid(`the variable ${name} takes one value`);
    checkValues(variable, values);
  }
}

function checkValues(variable: Variable, values: readonly string[]): void {
  const options = optionsOf(variable);
  const isTaken = (value: string) =>
    (value === ALL && variable.includeAll && values.length === 1) ||
    options.includes(value) ||
    (WRITTEN.has(variable.type) && LITERAL.test(value));
  const odd = values.find((value) => !isTaken(value));
  if (odd === undefined) return;
  const shown = options.slice(0, 20).join(', ') || 'none stored';
  throw invalid(`the variable ${variable.name} does not take ${JSON.stringify(odd)}; options: ${shown}`);
}

/** What each variable of a dashboard stands for in one run, by name; undefined where there is no such variable. */
export type Bindings = (name: string) => Binding | undefined;

/** Each variable is bound when it is first named, and once: a dashboard may hold many options and name one often. */
export function bindingsOf(variables: readonly Variable[], given: Given): Bindings {
  const bound = new Map<string, Binding | undefined>();
  return (name) => {
    if (!bound.has(name)) {
      const variable = variables.find((one) => one.name === name);
      bound.set(name, variable && bindingOf(variable, given));
    }
    return bound.get(name);
  };
}

/**
 * What a variable stands for: what the caller gave, else what the dashboard was saved with.
 * Throws ToolError('invalid_arguments') when neither says it.
 */
function bindingOf(variable: Variable, given: Given): Binding {
  const own = Object.hasOwn(given, variable.name) ? given[variable.name] : undefined;
  const values = own ?? savedOf(variable);
  if (values.includes(ALL)) return allOf(variable);
  const [first] = values;
  if (first === undefined || values.some((value) => value.startsWith('$__')))
    throw invalid(`give a value for the variable ${variable.name}; the dashboard was saved without one`);
  const options = optionsOf(variable);
  return {
    variable,
    value: variable.multi ? values : first,
    isRaw: false,
    isGiven: own !== undefined && values.some((value) => !options.includes(value)),
  };
}

function allOf(variable: Variable): Binding {
  const { allValue } = variable;
  if (allValue) return { variable, value: allValue, isRaw: true, isGiven: false };
  const options = variable.options
    .flatMap(({ value }) => flat(value))
    .filter((value) => value !== ALL && value !== '');
  if (options.length > 0) return { variable, value: options, isRaw: false, isGiven: false };
  throw invalid(
    `the variable ${variable.name} stands on All and the dashboard does not hold its options; give values`,
  );
}

const invalid = (detail: string) => new ToolError('invalid_arguments', detail);
