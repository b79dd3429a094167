import { isObject } from './api.ts';
import type { Target } from './model.ts';

/** Text of a target for people, of the few fields that hold one. */
export const targetText = (target: Target): string | undefined =>
  ['expr', 'rawSql', 'query', 'target', 'queryText', 'expression']
    .map((field) => target[field])
    .find((text): text is string => typeof text === 'string' && text !== '');

/** How a stored reference to a data source reads, as it stands in the dashboard. */
export function shownSource(reference: unknown): string | undefined {
  if (typeof reference === 'string') return reference;
  if (!isObject(reference)) return undefined;
  const { type, uid } = reference;
  return [type, uid].filter((part) => typeof part === 'string').join(' ') || undefined;
}
