import type { Graph } from '../../topology/graph.ts';
import type { Alert } from '../backend.ts';
import type { Signals } from '../contracts.ts';
import type { Measured } from '../events.ts';
import type { Tools } from '../tools.ts';
import { Ranges } from './answers.ts';

/** How far back series reach before the alert, and the part of that which counts as normal. Seconds. */
const BACK_S = 3_600;
const NORMAL_UNTIL_S = 900;
const STEP = '60s';
/** A last point that is older than this is none of now. Seconds. */
const STALE_S = 180;
/** A measure is back when it is within a tenth of its baseline, or this near to it. */
const SHARE = 0.1;
const NEAR = 0.001;
/** The measure of an alert that names none, or this: how many of the wanted pods are ready. */
const READY = 'ready_ratio';

const expressionsOf = (graph: Graph, principal: string): Readonly<Record<string, string>> => {
  const declared = graph.components.get(principal)?.connection.measures;
  return isWords(declared) ? declared : {};
};

const isWords = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string');

/** The series of every declared measure around the alert; none where no Prometheus is linked. */
export async function measuresOf(
  tools: Tools,
  graph: Graph,
  alert: Alert,
  signal: AbortSignal,
): Promise<Signals['metrics']> {
  const start = Date.parse(alert.at) / 1000 - BACK_S;
  const read = await Promise.all(
    Object.entries(expressionsOf(graph, tools.principal)).map(([metric, expr]) =>
      seriesOf(tools, { metric, expr, start }, signal),
    ),
  );
  return read.flat();
}

async function seriesOf(
  tools: Tools,
  { metric, expr, start }: { metric: string; expr: string; start: number },
  signal: AbortSignal,
): Promise<Signals['metrics']> {
  const [target] = tools.targetsOf('prom_query_range');
  if (target === undefined) return [];
  const args = { target, expr, start: String(start), step: STEP };
  const { series } = Ranges.parse((await tools.call('prom_query_range', args, signal)).output);
  return series.flatMap(({ metric: labels, values }) =>
    labels.component === undefined
      ? []
      : [{ component: labels.component, metric, stat: 'value', points: values.map(toPoint) }],
  );
}

const toPoint = ([at, value]: readonly [number, string | number]): [number, number | null] => {
  const number = Number(value);
  return [at, Number.isFinite(number) ? number : null];
};

/** What the alert was about, now. Undefined where no measure of that name is declared or it has no value. */
export async function measureAlert(
  alert: Alert,
  from: { tools: Tools; graph: Graph; serviceOf(name: string): Promise<Signals['services'][number]> },
  signal: AbortSignal,
): Promise<Measured | undefined> {
  const { component, metric = READY } = alert;
  if (metric === READY) {
    const { ready, wanted } = await from.serviceOf(component);
    const value = wanted === 0 ? 0 : ready / wanted;
    return { component, metric, value, baseline: 1, healthy: value >= 1 };
  }
  const expr = expressionsOf(from.graph, from.tools.principal)[metric];
  if (expr === undefined) return undefined;
  const alertAt = Date.parse(alert.at) / 1000;
  const series = await seriesOf(from.tools, { metric, expr, start: alertAt - BACK_S }, signal);
  const points = series.find((one) => one.component === component)?.points ?? [];
  const normal = points.flatMap(([at, value]) =>
    at < alertAt - NORMAL_UNTIL_S && value !== null ? [value] : [],
  );
  const [at, value] = points.at(-1) ?? [];
  const baseline = normal.sort((a, b) => a - b)[Math.floor(normal.length / 2)];
  if (at === undefined || value === undefined || value === null || baseline === undefined) return undefined;
  // An old point says nothing of what a change did since.
  if (at < Date.now() / 1000 - STALE_S) return undefined;
  return {
    component,
    metric,
    value,
    baseline,
    healthy: value <= baseline + Math.max(NEAR, Math.abs(baseline) * SHARE),
  };
}
