import type { ScopeLabels } from '../../toolset/label-scope.ts';
import { printSelector } from './promql/selector.ts';

/** The scope as a selector for `match[]`; undefined without a scope. */
export const selectorOf = (scope: ScopeLabels): string | undefined =>
  Object.keys(scope).length === 0
    ? undefined
    : printSelector({
        matchers: Object.entries(scope).map(([label, value]) => ({ label, op: '=', value })),
      });
