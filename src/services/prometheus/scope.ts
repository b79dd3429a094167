import type { Target } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { LabelScope } from './connection.ts';
import type { ScopeLabels } from './guard.ts';
import { printSelector } from './promql/selector.ts';

/**
 * The labels that confine a call: those of the target's scope, or none where the component declares no scopes.
 * Throws ToolError('target_required') when scopes exist and the call is on none of them.
 */
export function scopeOf(target: Target<LabelScope>): ScopeLabels {
  if (target.sub === undefined && target.reach.size === 0) return {};
  const scope = LabelScope.safeParse(target.scope);
  if (target.sub !== undefined && scope.success) return scope.data.labels;
  throw new ToolError('target_required', `name one label scope of ${target.component}`);
}

/** The scope as a selector for `match[]`; undefined without a scope. */
export const selectorOf = (scope: ScopeLabels): string | undefined =>
  Object.keys(scope).length === 0
    ? undefined
    : printSelector({
        matchers: Object.entries(scope).map(([label, value]) => ({ label, op: '=', value })),
      });

/** Whether a label set carries every label of the scope. A label that is not there is a no. */
export const isInScope = (labels: Readonly<Record<string, string>>, scope: ScopeLabels): boolean =>
  Object.entries(scope).every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value);
