import type { DiagnoseInput, Series } from './input.ts';
import { BAD, metricKind, statisticOrder } from './metric-kind.ts';
import { PARAMETERS } from './parameters.ts';
import { type Reference, referenceOf, spreadOf } from './reference.ts';
import { seriesKey } from './series-score.ts';
import { sorted } from './statistics.ts';
import { stepOf, type Window } from './window.ts';

/**
 * When the incident began and until when it is looked at. It holds the point in which the alert fired; an alert comes
 * late, so from there it goes back along the series that alerted for as long as most of its points are anomalous.
 * When nothing was measured from the alert on, as at the moment it fires, it begins with the newest point.
 */
export function incidentWindow(input: DiagnoseInput): Window {
  const { alert, series, baseline = [] } = input;
  const step = stepOf(series);
  const times = sorted(new Set(series.flatMap(({ t }) => t)));
  const holding = times.find((t) => t + step > alert.at) ?? times.at(-1) ?? alert.at;
  const window = {
    from: holding,
    to: Math.max(holding, alert.at) + Math.max(PARAMETERS.horizon, step),
    step,
  };
  const alerting = alertingSeries(input);
  if (!alerting) return window;
  const normal = baseline.find((one) => seriesKey(one) === seriesKey(alerting));
  const reference = referenceOf(alerting, normal, {
    ...window,
    from: holding - (normal ? 0 : lookBack(times, holding)),
  });
  return reference ? { ...window, from: goBack(alerting, reference, window) } : window;
}

/** The series that the alert names, or the first of its component. */
function alertingSeries({ alert, series }: DiagnoseInput): Series | undefined {
  const own = series
    .filter(({ component, metric }) => component === alert.component && (alert.metric ?? metric) === metric)
    .sort(
      (a, b) => statisticOrder(a.stat) - statisticOrder(b.stat) || (seriesKey(a) < seriesKey(b) ? -1 : 1),
    );
  return own.find(({ stat }) => stat === alert.stat) ?? own[0];
}

/** How long before the alert its own reference must end when there is no baseline. Seconds. */
const lookBack = (times: readonly number[], holding: number): number =>
  Math.min(PARAMETERS.horizon, (holding - (times[0] ?? holding)) / 2);

function goBack(series: Series, reference: Reference, { from, to }: Window): number {
  const kind = metricKind(series.metric);
  const isAnomalous = (value: number): boolean =>
    BAD[kind].some((direction) => {
      const excess = direction === 'up' ? value - reference.centre : reference.centre - value;
      return excess > PARAMETERS.anomalous * spreadOf(reference, direction, kind, 0);
    });
  let [onset, seen, anomalous] = [from, 0, 0];
  for (let at = series.t.length - 1; at >= 0; at -= 1) {
    const t = series.t[at] ?? 0;
    const value = series.v[at];
    if (t >= from || typeof value !== 'number') continue;
    if (t < from - PARAMETERS.horizon || t > to) break;
    seen += 1;
    if (!isAnomalous(value)) continue;
    anomalous += 1;
    if (anomalous * 2 > seen) onset = t;
  }
  return onset;
}
