import type { ScopeLabels } from '../../toolset/label-scope.ts';
import type { LabelSet } from './api.ts';

/**
 * Series of a result without those that carry a label of the scope with another value. An aggregation may have
 * taken the label away, and no query can have rewritten it, so one with another value was not asked for.
 */
export const withoutStrangers = <T extends { readonly metric: LabelSet }>(
  series: readonly T[],
  scope: ScopeLabels,
): T[] =>
  series.filter(({ metric }) =>
    Object.entries(scope).every(([label, value]) => !Object.hasOwn(metric, label) || metric[label] === value),
  );
