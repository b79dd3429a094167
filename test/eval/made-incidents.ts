import { graphOf } from '../../src/triage/diagnose/graph.ts';
import type { Series } from '../../src/triage/diagnose/input.ts';
import { metricKind } from '../../src/triage/diagnose/metric-kind.ts';
import { median } from '../../src/triage/diagnose/statistics.ts';
import type { CaseFolder, EvalCase } from './case-file.ts';
import { slice } from './healthy-cases.ts';
import { seeded } from './random.ts';

/** Points before the alert, and how strongly the fault shows in each point of the window. */
const SHAPE = [0, 0.6, 1, 0.8, 0.1];

/**
 * Incidents made by adding a fault to normal operation, so that the culprit is not always the one that a data set's
 * authors chose: latency or failures are added to a component that is drawn at random, and carried to its callers
 * along the links, weighted by calls. The noise is the baseline's own. A fault that would not make the alerting
 * component alert is left out.
 */
export function madeIncidents(folder: CaseFolder, most: number, seed: number): EvalCase[] {
  const random = seeded(seed);
  const made: EvalCase[] = [];
  for (const { file, series, like } of folder.baselines) {
    const times = series[0]?.t ?? [];
    const { components } = like.input.topology;
    for (let tries = 0, kept = 0; kept < most && tries < most * 40; tries += 1) {
      const culprit = components[Math.floor(random() * components.length)] ?? '';
      const start = Math.floor(random() * (times.length - SHAPE.length));
      const kind = random() < 0.5 ? 'latency' : 'success';
      const strength = kind === 'latency' ? 0.5 + random() * 8 : 0.02 + random() * 0.4;
      const input = withFault(like, series, { culprit, kind, strength, start });
      if (!input) continue;
      made.push({ id: `${file}+${kind}@${start}`, source: `faults added to ${file}`, culprit, input });
      kept += 1;
    }
  }
  return made;
}

interface Fault {
  readonly culprit: string;
  readonly kind: 'latency' | 'success';
  readonly strength: number;
  readonly start: number;
}

function withFault(like: EvalCase, series: readonly Series[], fault: Fault): EvalCase['input'] | null {
  const calls = new Map(
    series
      .filter(({ metric }) => metricKind(metric) === 'traffic')
      .map((one) => [one.component, median(one.v)]),
  );
  const normal = (component: string) =>
    median(series.find((one) => one.component === component && isMean(one, fault.kind))?.v ?? []);
  const level = normal(fault.culprit);
  if (Number.isNaN(level) || !((calls.get(fault.culprit) ?? 0) >= 1)) return null;
  const added = new Map([[fault.culprit, level * fault.strength]]);
  const { callers } = graphOf(like.input.topology.links);
  const front = [fault.culprit];
  for (const name of front) {
    for (const caller of callers.get(name) ?? []) {
      const share = (calls.get(name) ?? 0) / (calls.get(caller) ?? Number.NaN);
      if (added.has(caller) || !(share > 0)) continue;
      // A caller calls others besides, and others call the callee: no more than one call for each of its own counts.
      added.set(caller, (added.get(name) ?? 0) * Math.min(1, share));
      front.push(caller);
    }
  }
  const alerting = series.find(
    (one) => one.component === like.input.alert.component && isMean(one, fault.kind),
  );
  if (!alerting || !isNoticed(alerting, added.get(alerting.component) ?? 0)) return null;
  const times = series[0]?.t ?? [];
  const { metric, stat } = alerting;
  return {
    ...like.input,
    alert: { component: alerting.component, metric, stat, at: (times[fault.start + 1] ?? 0) + 1 },
    series: series.map((one) => {
      const cut = slice(one, fault.start, fault.start + SHAPE.length);
      const excess = metricKind(one.metric) === fault.kind ? (added.get(one.component) ?? 0) : 0;
      return { ...cut, v: cut.v.map((value, at) => worsened(value, excess * (SHAPE[at] ?? 0), fault.kind)) };
    }),
    baseline: series,
  };
}

const isMean = ({ metric, stat }: Series, kind: string): boolean =>
  metricKind(metric) === kind && stat === 'Average';

const worsened = (value: number | null, by: number, kind: Fault['kind']): number | null =>
  value === null ? null : kind === 'latency' ? value + by : Math.max(0, value - by);

/** Three robust deviations and one per cent: what an ordinary alert rule fires at. */
function isNoticed(series: Series, excess: number): boolean {
  const middle = median(series.v);
  const deviation =
    1.4826 * median(series.v.map((value) => (value === null ? null : Math.abs(value - middle))));
  return excess > Math.max(3 * deviation, 0.01 * middle);
}
