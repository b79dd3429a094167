import type { ScopeLabels } from '../../toolset/label-scope.ts';
import { matchersOf } from '../../toolset/query/matcher.ts';
import { printSelector } from './promql/selector.ts';

/** The scope as a selector for `match[]`; undefined without a scope. */
export const selectorOf = (scope: ScopeLabels): string | undefined =>
  Object.keys(scope).length === 0 ? undefined : printSelector({ matchers: matchersOf(scope) });
