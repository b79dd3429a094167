import type { Expectation } from '../../topology/smoke-test.ts';

/** As much of a value as a report of what was found repeats. */
const SHOWN = 200;

/**
 * What of an expectation a result does not meet, in words; undefined when it meets all of it. A place that is not
 * there meets nothing, and a list that may have been cut no `items_at_most`. With `*` in the place, one item that
 * meets every condition is enough.
 */
export function unmet(result: unknown, { at, ...conditions }: Expectation): string | undefined {
  if (conditions.items_at_most !== undefined && isCut(result))
    return `${at} may have been cut (truncated), so items_at_most cannot hold; let the step ask for less`;
  const found = valuesAt(result, at.split('.'));
  if (found.length === 0) return `${at} is not there`;
  const faults = found.map((value) => faultOf(value, conditions));
  if (faults.some((fault) => fault === undefined)) return undefined;
  return found.length === 1
    ? `${at} ${faults[0]}`
    : `none of the ${found.length} values at ${at} fits; the first ${faults[0]}`;
}

const isCut = (result: unknown): boolean =>
  result !== null && typeof result === 'object' && 'truncated' in result && result.truncated === true;

function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  const [head, ...rest] = path;
  if (head === undefined) return [value];
  if (value === null || typeof value !== 'object') return [];
  if (head === '*') return Object.values(value).flatMap((item) => valuesAt(item, rest));
  const isThere = Array.isArray(value)
    ? /^\d+$/.test(head) && Number(head) < value.length
    : Object.hasOwn(value, head);
  return isThere ? valuesAt(Reflect.get(value, head), rest) : [];
}

type Conditions = Omit<Expectation, 'at'>;

/** Each asked only where it is named. */
const CONDITIONS: Readonly<Record<keyof Conditions, (value: unknown, wanted: Conditions) => boolean>> = {
  equals: (value, { equals }) => value === equals,
  one_of: (value, { one_of = [] }) => one_of.some((one) => one === value),
  contains: (value, { contains = '' }) => typeof value === 'string' && value.includes(contains),
  at_least: (value, { at_least = Number.POSITIVE_INFINITY }) => numberOf(value) >= at_least,
  at_most: (value, { at_most = Number.NEGATIVE_INFINITY }) => numberOf(value) <= at_most,
  items_at_least: (value, { items_at_least = 0 }) => Array.isArray(value) && value.length >= items_at_least,
  items_at_most: (value, { items_at_most = 0 }) => Array.isArray(value) && value.length <= items_at_most,
};

/** Databases give wide numbers as text. What is no number fits no bound. */
const numberOf = (value: unknown): number =>
  typeof value === 'number'
    ? value
    : typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)
      ? Number(value)
      : Number.NaN;

function faultOf(value: unknown, wanted: Conditions): string | undefined {
  for (const [name, holds] of Object.entries(CONDITIONS)) {
    const condition: unknown = Reflect.get(wanted, name);
    if (condition !== undefined && !holds(value, wanted))
      return `is ${shown(value)}, and ${name} wants ${shown(condition)}`;
  }
  return undefined;
}

function shown(value: unknown): string {
  const text =
    Array.isArray(value) && value.length > 5
      ? `a list of ${value.length}`
      : (JSON.stringify(value) ?? 'nothing');
  return text.length > SHOWN ? `${text.slice(0, SHOWN)} ...` : text;
}
