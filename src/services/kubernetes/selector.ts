import { ToolError } from '../../toolset/errors.ts';
import type { Selector } from './shapes.ts';

/**
 * A workload's selector as the `labelSelector` of a list.
 * An empty one would select every pod of the namespace, so it is refused.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api
 */
export function selectorText({ matchLabels, matchExpressions }: Selector): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const sets = matchExpressions.map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  const parts = [...equal, ...sets];
  if (parts.length === 0) throw new ToolError('query_failed', 'the workload selects no pods by label');
  return parts.join(',');
}
