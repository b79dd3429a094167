import { ToolError } from '../errors.ts';
import type { ScopeLabels } from '../label-scope.ts';

/** One label matcher with its value decoded. */
export interface Matcher {
  readonly label: string;
  readonly op: string;
  readonly value: string;
}

/** A label scope as matchers. */
export const matchersOf = (scope: ScopeLabels): Matcher[] =>
  Object.entries(scope).map(([label, value]) => ({ label, op: '=', value }));

export const isSame = (one: Matcher, other: Matcher): boolean =>
  one.label === other.label && one.op === other.op && one.value === other.value;

/** Whether a selector has every one of the given matchers. */
export const carries = (selector: readonly Matcher[], wanted: readonly Matcher[]): boolean =>
  wanted.every((one) => selector.some((other) => isSame(one, other)));

/** Throws ToolError('query_refused') for a query of more than `most` bytes. */
export function refuseLong(text: string, most: number): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > most) {
    throw new ToolError('query_refused', `the expression has ${bytes} bytes; at most ${most} are accepted`);
  }
}
