import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import type { ScopeLabels } from '../../toolset/label-scope.ts';
import { TimeInput } from '../../toolset/query/time.ts';
import { Names } from './api.ts';
import type { Ask } from './client.ts';
import { selectionFields, selectionOf } from './query-input.ts';
import { selectorOf } from './scope.ts';
import type { Context } from './tool.ts';

/** Which series a look-up goes over, and when they existed. */
export const lookupFields = {
  ...selectionFields,
  selector: z
    .string()
    .min(1)
    .optional()
    .describe('A PromQL selector such as up{job="api"}; instead of metric and matchers'),
  start: TimeInput.optional().describe('-1h by default; RFC 3339, Unix seconds, or relative such as -15m'),
  end: TimeInput.optional().describe('now by default; as start'),
};
const Lookup = z.object(lookupFields);
type Lookup = z.output<typeof Lookup>;

/** The `match[]` of a look-up, confined to the scope; undefined when neither names anything. Throws ToolError. */
export async function matchOf(lookup: Lookup, scope: ScopeLabels): Promise<string | undefined> {
  const typed = selectionOf(lookup);
  if (typed !== undefined && lookup.selector !== undefined) {
    throw new ToolError('invalid_arguments', 'give either selector or metric and matchers, not both');
  }
  const selector = lookup.selector ?? typed;
  if (selector === undefined) return selectorOf(scope);
  const { guardSelector } = await import('./guard.ts');
  return guardSelector(selector, scope);
}

const NO_SUCH_METRIC = 'stackward_no_such_metric';

/**
 * Asks for a list of names within a scope. Names do not show which series they come from, so under a scope
 * the server also has to prove that it heeds `match[]` on such a list, which old Cortex and Thanos do not:
 * asked for a metric that nobody has, it must name nothing. Throws ToolError('backend_failed') otherwise.
 */
export async function askNames(
  { client, signal, limits }: Context,
  scope: ScopeLabels,
  request: Omit<Ask<string[]>, 'data'>,
): Promise<{ names: readonly string[]; warnings: readonly string[] }> {
  const bounds = { signal, limits };
  const isScoped = Object.keys(scope).length > 0;
  const others = request.params.filter(([name]) => name !== 'match[]');
  const probe = [...others, ['match[]', `{__name__="${NO_SUCH_METRIC}"}`]] as const;
  const [{ data, warnings }, probed] = await Promise.all([
    client.ask({ ...request, data: Names }, bounds),
    isScoped ? client.ask({ ...request, params: probe, data: Names }, bounds) : undefined,
  ]);
  if (probed && probed.data.length > 0) {
    throw new ToolError(
      'backend_failed',
      'the server does not heed match[] on lists of names; nothing is shown',
    );
  }
  return { names: data, warnings };
}
