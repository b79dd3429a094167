import type { Series } from './input.ts';
import type { MetricKind } from './metric-kind.ts';
import { PARAMETERS } from './parameters.ts';
import { quantile, sorted } from './statistics.ts';
import { inside, type Window } from './window.ts';

/** What a series was when nothing was wrong. */
export interface Reference {
  /** Ascending; never empty. */
  readonly values: readonly number[];
  readonly centre: number;
  /** The middle of the points just before the incident, where the baseline is from another time; else null. */
  readonly local: number | null;
}

/**
 * The baseline of a series, or what stands in for it: the points before the incident, less the last of them, which
 * may belong to it. Null when nothing was measured in either.
 */
export function referenceOf(series: Series, baseline: Series | undefined, window: Window): Reference | null {
  const before = series.v.filter((_, at) => (series.t[at] ?? Number.NaN) < window.from);
  const normal = sorted(baseline?.v.filter((_, at) => !inside(window, baseline.t[at] ?? Number.NaN)) ?? []);
  if (normal.length > 0) {
    const local = quantile(sorted(before), 0.5);
    return { values: normal, centre: quantile(normal, 0.5), local: Number.isNaN(local) ? null : local };
  }
  const early = sorted(before.slice(0, Math.ceil(before.length * (1 - PARAMETERS.guard))));
  return early.length > 0 ? { values: early, centre: quantile(early, 0.5), local: null } : null;
}

/**
 * One robust deviation towards `direction`: the widest of the middle half, the tail, and what is no news.
 * @param typical what the metric usually is over all components
 */
export function spreadOf(
  { values, centre }: Reference,
  direction: 'up' | 'down',
  kind: MetricKind,
  typical: number,
): number {
  const middle = (quantile(values, 0.75) - quantile(values, 0.25)) / PARAMETERS.iqrPerDeviation;
  const tail =
    Math.abs(quantile(values, direction === 'up' ? 0.99 : 0.01) - centre) / PARAMETERS.tailDeviations;
  const own = Math.abs(centre) * (PARAMETERS.ownFloor + PARAMETERS.fewPoints / values.length);
  const pool = typical * (kind === 'traffic' ? PARAMETERS.trafficPoolFloor : PARAMETERS.poolFloor);
  // Nothing of this metric was ever anything but zero: the change itself is the only scale there is.
  return Math.max(middle, tail, own, pool) || Number.MIN_VALUE;
}
