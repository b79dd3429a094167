import { groupBy } from './group.ts';
import type { DiagnoseInput, Series } from './input.ts';
import type { LogShift } from './logs.ts';
import { addsUp, statisticOrder } from './metric-kind.ts';
import { metricKey, type SeriesScore, scoreSeries, seriesKey, typicalValues } from './series-score.ts';
import { median } from './statistics.ts';
import { inside, type Window } from './window.ts';

/** What was measured of one component in the incident. */
export interface Anomalies {
  readonly component: string;
  /** One series for each metric: that whose statistic speaks for it. */
  readonly scores: readonly SeriesScore[];
  readonly logs: readonly LogShift[];
  /** Calls in a step, where they are counted. */
  readonly traffic: number | null;
  readonly replicas: { readonly ready: number; readonly wanted: number } | null;
}

/** Scores everything that was measured, component by component. Names must have been resolved. */
export function measure(
  input: DiagnoseInput,
  shifts: readonly LogShift[],
  window: Window,
): ReadonlyMap<string, Anomalies> {
  const normal = new Map((input.baseline ?? []).map((series) => [seriesKey(series), series]));
  const speaking = speakers(input.series);
  const typical = typicalValues([
    ...speaking,
    ...speaking.flatMap((one) => normal.get(seriesKey(one)) ?? []),
  ]);
  const names = new Set([
    ...input.topology.components,
    ...input.series.map(({ component }) => component),
    ...shifts.map(({ component }) => component),
    ...(input.replicas ?? []).map(({ component }) => component),
  ]);
  const seriesOf = groupBy(speaking, ({ component }) => component);
  const logsOf = groupBy(shifts, ({ component }) => component);
  return new Map(
    [...names].sort().map((component) => {
      const scores = (seriesOf.get(component) ?? [])
        .map((one) => scoreSeries(one, normal.get(seriesKey(one)), window, typical.get(metricKey(one)) ?? 0))
        .filter((score) => score !== null);
      const replicas = input.replicas?.find((one) => one.component === component) ?? null;
      const traffic = trafficOf(seriesOf.get(component) ?? [], scores, window);
      return [component, { component, scores, logs: logsOf.get(component) ?? [], traffic, replicas }];
    }),
  );
}

/** Of each metric of a component the statistic that speaks for it, in an order that the input's does not change. */
function speakers(series: readonly Series[]): Series[] {
  const best = new Map<string, Series>();
  for (const one of series) {
    const key = JSON.stringify([one.component, one.metric]);
    const other = best.get(key);
    if (!other || rank(one) < rank(other)) best.set(key, one);
  }
  return [...best.values()].sort((a, b) => (seriesKey(a) < seriesKey(b) ? -1 : 1));
}

const rank = ({ stat }: Series): string => `${statisticOrder(stat)} ${stat}`;

function trafficOf(series: readonly Series[], scores: readonly SeriesScore[], window: Window): number | null {
  const score = scores.find(({ kind, series: { stat } }) => kind === 'traffic' && addsUp(stat));
  const counted = score && series.find((one) => one === score.series);
  if (!counted) return null;
  const calls = median(counted.v.filter((_, at) => inside(window, counted.t[at] ?? Number.NaN)));
  return Number.isNaN(calls) ? null : calls;
}
