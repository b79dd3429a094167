import type { ScopeLabels } from '../../toolset/label-scope.ts';
import { periodOf } from '../../toolset/query/time.ts';
import { type LabelSet, NamesAnswer } from './api.ts';
import type { Ask } from './client.ts';
import { isConfined, type Lookup, selectorOf, streamsOf } from './lookup.ts';
import type { Context } from './tool.ts';

/** Two ways to one list of names. */
interface Source {
  readonly endpoint: Ask<unknown>['endpoint'];
  of(streams: readonly LabelSet[]): readonly string[];
}

/**
 * Sorted names of labels or values. A list of names does not show which streams it comes from, and the endpoints
 * for it heed their selector only sometimes (https://github.com/grafana/loki/issues/11867), so within a scope
 * the names are taken from streams, whose labels can be checked. Throws ToolError.
 */
export async function namesIn(
  context: Context,
  lookup: Lookup,
  scope: ScopeLabels,
  { endpoint, of }: Source,
): Promise<string[]> {
  if (isConfined(scope)) return sorted(of(await streamsOf(context, lookup)));
  const selector = await selectorOf(lookup, scope);
  const params = [...(selector === undefined ? [] : [['query', selector] as const]), ...periodOf(lookup)];
  const { data } = await context.client.ask({ endpoint, params, answer: NamesAnswer }, context.signal);
  return sorted(data ?? []);
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();
