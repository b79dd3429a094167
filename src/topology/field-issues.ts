import type { z } from 'zod';
import { fieldsOf, formsOf, holdsCredential, isCredential, schemaAt } from './schema-path.ts';
import { list } from './words.ts';

type Issue = z.core.$ZodIssue;

/** One thing that a schema found wrong with a value. */
export interface FieldIssue {
  readonly path: readonly PropertyKey[];
  readonly kind: 'unknown-field' | 'missing' | 'wrong-type' | 'literal-credential' | 'invalid';
  /** Of an unknown or missing field: its name, which `path` does not hold. */
  readonly field?: string;
  /** Of an invalid value: what is wrong with it. Never holds the value. */
  readonly message?: string;
  readonly accepted: readonly string[];
}

export const CREDENTIAL_SOURCES = ['{env}', '{file}', '{kubernetes_secret}', '{vault}'];

/** Flattens what zod found, unions too, to what a person would say. `value` is what was checked. */
export function fieldIssues(issues: readonly Issue[], schema: z.ZodType, value: unknown): FieldIssue[] {
  return issues.flatMap((issue) => flatten(issue, schema, value));
}

function flatten(issue: Issue, schema: z.ZodType, value: unknown): FieldIssue[] {
  const { path } = issue;
  const here = schemaAt(schema, path);
  const given = valueAt(value, path);
  if (
    given === undefined &&
    path.length > 0 &&
    (issue.code === 'invalid_type' || issue.code === 'invalid_union')
  ) {
    const accepted = here ? formsOf(here) : [];
    return [{ path: path.slice(0, -1), kind: 'missing', field: String(path.at(-1)), accepted }];
  }
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((field) => ({ path, kind: 'unknown-field', field, accepted: fieldsOf(here) }));
  if (here && isCredential(here) && !isMap(given))
    return [{ path, kind: 'literal-credential', accepted: CREDENTIAL_SOURCES }];
  if (issue.code === 'invalid_union') return flattenUnion(issue, schema, value);
  if (issue.code === 'invalid_type' || issue.code === 'invalid_value')
    return [{ path, kind: 'wrong-type', accepted: here ? formsOf(here) : [] }];
  if (issue.code === 'invalid_key')
    return [{ path, kind: 'invalid', message: sentence(issue.issues[0] ?? issue), accepted: [] }];
  return [{ path, kind: 'invalid', message: sentence(issue), accepted: [] }];
}

function flattenUnion(issue: z.core.$ZodIssueInvalidUnion, schema: z.ZodType, value: unknown): FieldIssue[] {
  const { path } = issue;
  const here = schemaAt(schema, path);
  const given = valueAt(value, path);
  const wrongType: FieldIssue = { path, kind: 'wrong-type', accepted: here ? formsOf(here) : [] };
  const fitting = issue.errors.filter((branch) => !branch.some(isRootTypeIssue));
  if (fitting.length === 0) return [wrongType];
  if (!isMap(given)) return within(fitting[0] ?? [], path, schema, value);
  const meant = meantForm(fitting, given);
  const known = fieldsOf(here);
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  if (unknown.length === 0 && (!meant || unknownIn(meant) > 0))
    return [{ path, kind: 'invalid', message: `takes exactly one of ${list(known)}`, accepted: known }];
  if (meant) return within(meant, path, schema, value);
  return unknown.map((field) => ({ path, kind: 'unknown-field', field, accepted: known }));
}

/** The issues of one form of a union, which zod counts from the union's own place. */
const within = (issues: readonly Issue[], path: readonly PropertyKey[], schema: z.ZodType, value: unknown) =>
  issues.flatMap((inner) => flatten({ ...inner, path: [...path, ...inner.path] }, schema, value));

const unknownIn = (form: readonly Issue[]): number =>
  form.flatMap((issue) => (issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : []))
    .length;

/** The form whose fields were begun: the one that does not call all of them unknown. */
function meantForm(forms: readonly Issue[][], given: object): Issue[] | undefined {
  const begun = forms.filter((form) => unknownIn(form) < Object.keys(given).length);
  return begun.sort((a, b) => unknownIn(a) - unknownIn(b) || a.length - b.length)[0];
}

const isRootTypeIssue = (issue: Issue): boolean => issue.code === 'invalid_type' && issue.path.length === 0;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Object.getOwnPropertyDescriptor(here, step)?.value;
  }
  return here;
}

function sentence(issue: Issue): string {
  if (issue.code === 'too_small')
    return `must be ${issue.inclusive ? 'at least' : 'more than'} ${sizeOf(issue.origin, issue.minimum)}`;
  if (issue.code === 'too_big')
    return `must be ${issue.inclusive ? 'at most' : 'less than'} ${sizeOf(issue.origin, issue.maximum)}`;
  if (issue.code === 'invalid_format' && issue.message.startsWith('Invalid'))
    return `is not a valid ${issue.format}`;
  return `is not valid: ${issue.message}`;
}

function sizeOf(origin: string, size: number | bigint): string {
  if (origin === 'string') return size === 1 ? '1 character long' : `${size} characters long`;
  if (origin === 'array' || origin === 'set') return size === 1 ? '1 entry long' : `${size} entries long`;
  return String(size);
}

/** Whether a place holds a credential or may hold one, so that a message must not repeat what stands there. */
export function isConfidential(schema: z.ZodType, path: readonly PropertyKey[]): boolean {
  const here = schemaAt(schema, path);
  // A place that the schema does not know may be a credential under a mistyped name.
  if (here === undefined || holdsCredential(here)) return true;
  // Inside of a reference somebody may have put the value where its name belongs.
  return path.some((_step, length) => {
    const above = schemaAt(schema, path.slice(0, length));
    return above !== undefined && isCredential(above);
  });
}

/** `; accepted: ...` for the forms of a value. */
export const acceptedForms = (forms: readonly string[]): string =>
  forms.length > 0 ? `; accepted: ${list(forms)}` : '';
