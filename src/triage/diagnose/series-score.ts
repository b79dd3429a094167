import type { Series } from './input.ts';
import { BAD, type MetricKind, metricKind } from './metric-kind.ts';
import { PARAMETERS } from './parameters.ts';
import { type Reference, referenceOf, spreadOf } from './reference.ts';
import { median, quantile, sorted } from './statistics.ts';
import { inside, type Window } from './window.ts';

/** How far one series left its normal level, in the way that is bad for it. */
export interface SeriesScore {
  readonly series: Series;
  readonly kind: MetricKind;
  readonly direction: 'up' | 'down';
  /** What it was normally. */
  readonly level: number;
  /** What it was in the incident, sustained. */
  readonly value: number;
  /** The distance of the two in the bad direction, in the series' unit; 0 or more. */
  readonly excess: number;
  /** `excess` in robust deviations; 0 or more. */
  readonly deviations: number;
  /** One robust deviation, in the series' unit. */
  readonly spread: number;
  /** How many points the level rests on. */
  readonly points: number;
}

/**
 * Scores a series against its reference. It must be worse than the baseline and than what it was just before, for
 * a baseline may be months old. Null when there is nothing to compare.
 * @param typical what the metric usually is over all components
 */
export function scoreSeries(
  series: Series,
  baseline: Series | undefined,
  window: Window,
  typical: number,
): SeriesScore | null {
  const now = sorted(series.v.filter((_, at) => inside(window, series.t[at] ?? Number.NaN)));
  const reference = referenceOf(series, baseline, window);
  if (now.length === 0 || !reference) return null;
  const kind = metricKind(series.metric);
  const scores = BAD[kind].map((direction): SeriesScore => {
    const value = quantile(now, direction === 'up' ? PARAMETERS.sustained : 1 - PARAMETERS.sustained);
    const { level, spread } = normalOf(reference, direction, kind, typical);
    const excess = Math.max(0, direction === 'up' ? value - level : level - value);
    const deviations = excess === 0 ? 0 : Math.min(excess / spread, PARAMETERS.mostDeviations);
    return {
      series,
      kind,
      direction,
      level,
      value,
      excess,
      deviations,
      spread,
      points: reference.values.length,
    };
  });
  return scores.reduce((worst, one) => (one.deviations > worst.deviations ? one : worst));
}

/** The level to be worse than, and the spread; a level that had drifted makes the baseline's spread doubtful. */
function normalOf(reference: Reference, direction: 'up' | 'down', kind: MetricKind, typical: number) {
  const { centre, local } = reference;
  const spread = spreadOf(reference, direction, kind, typical);
  if (local === null) return { level: centre, spread };
  return {
    level: direction === 'up' ? Math.max(centre, local) : Math.min(centre, local),
    spread: Math.max(spread, Math.abs(local - centre) * PARAMETERS.driftSpread),
  };
}

/** What a metric usually is where it is not zero, over all components; the scale of a change that matters. */
export function typicalValues(series: readonly Series[]): ReadonlyMap<string, number> {
  const values = new Map<string, number[]>();
  for (const one of series) {
    const usual = median(one.v.map((value) => (value === null || value === 0 ? null : Math.abs(value))));
    if (!Number.isNaN(usual)) values.set(metricKey(one), [...(values.get(metricKey(one)) ?? []), usual]);
  }
  return new Map([...values].map(([key, all]) => [key, median(all)]));
}

export const metricKey = ({ metric, stat }: Pick<Series, 'metric' | 'stat'>): string =>
  JSON.stringify([metric, stat]);
export const seriesKey = ({ component, metric, stat }: Series): string =>
  JSON.stringify([component, metric, stat]);
