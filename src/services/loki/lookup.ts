import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { isInScope, type ScopeLabels, scopeOf } from '../../toolset/label-scope.ts';
import { matchersOf } from '../../toolset/query/matcher.ts';
import { periodOf, TimeInput } from '../../toolset/query/time.ts';
import { type LabelSet, SeriesAnswer } from './api.ts';
import { printSelector } from './logql/selector.ts';
import type { Context } from './tool.ts';

/** Which streams a look-up goes over, and when. */
export const lookupFields = {
  selector: z.string().min(1).optional().describe('Stream selector such as {app="api"}'),
  start: TimeInput.optional().describe('-1h by default; RFC 3339, Unix seconds, or relative such as -15m'),
  end: TimeInput.optional().describe('now by default; as start'),
};
const Lookup = z.object(lookupFields);
export type Lookup = z.output<typeof Lookup>;

/** The selector of a look-up, confined to the scope; undefined when neither names anything. Throws ToolError. */
export async function selectorOf({ selector }: Lookup, scope: ScopeLabels): Promise<string | undefined> {
  if (selector === undefined) {
    return isConfined(scope) ? printSelector(matchersOf(scope)) : undefined;
  }
  // The parser is loaded by the first query, not at start.
  const { guardSelector } = await import('./guard.ts');
  return guardSelector(selector, scope);
}

/** Whether a scope hides anything. */
export const isConfined = (scope: ScopeLabels): boolean => Object.keys(scope).length > 0;

/** As {@link selectorOf}, where all streams would be too many. Throws ToolError('invalid_arguments'). */
export async function neededSelectorOf(lookup: Lookup, scope: ScopeLabels): Promise<string> {
  const selector = await selectorOf(lookup, scope);
  if (selector !== undefined) return selector;
  throw new ToolError('invalid_arguments', 'name a selector such as {app="api"}; all streams are too many');
}

/**
 * The label sets of the streams that a look-up reaches. Throws ToolError('backend_failed') when the server sends
 * one outside the scope.
 */
export async function streamsOf({ client, target, signal }: Context, lookup: Lookup): Promise<LabelSet[]> {
  const scope = scopeOf(target);
  const selector = await neededSelectorOf(lookup, scope);
  const params = [['match[]', selector], ...periodOf(lookup)] as const;
  const { data } = await client.ask({ endpoint: 'series', params, answer: SeriesAnswer }, signal);
  const streams = data ?? [];
  if (streams.every((labels) => isInScope(labels, scope))) return streams;
  throw new ToolError(
    'backend_failed',
    'the server returned streams that were not asked for; nothing is shown',
  );
}
