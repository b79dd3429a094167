import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import type { ScopeLabels } from '../../toolset/label-scope.ts';
import type { SilenceMatcher } from './api.ts';

const LabelName = z
  .string()
  .max(200)
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'a label name has letters, digits and _ only');
const Text = z
  .string()
  .max(1000)
  .refine((text) => !/[\0\p{Cs}]/u.test(text), 'must hold neither NUL nor half a surrogate pair');

/** A matcher that picks alerts to read. */
export const ReadMatcher = z.strictObject({
  label: LabelName,
  op: z.enum(['=', '!=', '=~', '!~']).default('='),
  value: Text.describe('Taken as it is; a regular expression (RE2, anchored) with =~ and !~'),
});
type ReadMatcher = z.output<typeof ReadMatcher>;

/**
 * A matcher of a silence to create: exact values, never a pattern. What a regular expression or a negation
 * matches cannot be told from its text, and both reach alerts that nobody had in mind.
 */
export const ExactMatcher = z
  .strictObject({
    label: LabelName,
    value: Text.min(1).optional().describe('Just this value; nothing in it is a wildcard'),
    values: z.array(Text.min(1)).min(1).max(50).optional().describe('Or any of just these values'),
  })
  .refine(
    ({ value, values }) => (value === undefined) !== (values === undefined),
    'give either value or values; a silence needs exact values, patterns are not accepted',
  );
type ExactMatcher = z.output<typeof ExactMatcher>;

/** A matcher as the API's `filter` takes it. */
export const filterOf = ({ label, op, value }: ReadMatcher): string => `${label}${op}${quote(value)}`;

/** A scope as filters: the server then sends what lies within it, and nothing else. */
export const filtersOf = (scope: ScopeLabels): string[] =>
  Object.entries(scope).map(([label, value]) => filterOf({ label, op: '=', value }));

const quote = (value: string): string =>
  `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

/**
 * The matchers of a new silence: those of the caller, and the scope's labels whether named or not.
 * Throws ToolError('invalid_arguments') for a label named twice, or named otherwise than the scope fixes it.
 */
export function silenceMatchersOf(matchers: readonly ExactMatcher[], scope: ScopeLabels): SilenceMatcher[] {
  const own = matchers.map(exact);
  const names = own.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ToolError('invalid_arguments', `${twice} is named twice; give several values in one matcher`);
  for (const [label, value] of Object.entries(scope)) {
    const named = own.find(({ name }) => name === label);
    if (named && (named.isRegex || named.value !== value))
      throw new ToolError('invalid_arguments', `${label} is ${quote(value)} here, and nothing else`);
  }
  const fixed = Object.entries(scope).map(([name, value]) => equality(name, value));
  return [...fixed, ...own.filter(({ name }) => !Object.hasOwn(scope, name))];
}

/**
 * Whether a silence can only silence alerts within a scope: an equality matcher fixes each of its labels.
 * A regular expression that matches the same value today proves nothing, so it counts as outside.
 */
export const isConfined = (matchers: readonly SilenceMatcher[], scope: ScopeLabels): boolean =>
  Object.entries(scope).every(([label, value]) =>
    matchers.some(
      ({ name, value: given, isRegex, isEqual }) => name === label && given === value && isEqual && !isRegex,
    ),
  );

/** A silence's matcher as Alertmanager shows it: `namespace="shop"`. */
export const show = ({ name, value, isRegex, isEqual }: SilenceMatcher): string =>
  `${name}${isEqual ? '=' : '!'}${isRegex ? '~' : isEqual ? '' : '='}${quote(value)}`;

const exact = ({ label, value, values = [] }: ExactMatcher): SilenceMatcher => {
  const distinct = [...new Set(value === undefined ? values : [value])];
  const [only] = distinct;
  return distinct.length === 1 && only !== undefined
    ? equality(label, only)
    : { name: label, value: distinct.map(quoteMeta).join('|'), isRegex: true, isEqual: true };
};

const equality = (name: string, value: string): SilenceMatcher => ({
  name,
  value,
  isRegex: false,
  isEqual: true,
});

/** Text as a regular expression of RE2 that matches just it. The server anchors what it is given. */
const quoteMeta = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
