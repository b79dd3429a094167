import type { Anomalies } from './anomaly.ts';
import type { Graph } from './graph.ts';
import { addsUp, type MetricKind, PROPAGATES } from './metric-kind.ts';
import { PARAMETERS } from './parameters.ts';
import { metricKey, type SeriesScore } from './series-score.ts';

/** One thing that is wrong with a component, and how much of it its callees or callers account for. */
export interface Finding {
  readonly kind: MetricKind | 'logs' | 'replicas';
  readonly score: SeriesScore | null;
  /** Robust deviations, no more than its callers would notice. */
  readonly deviations: number;
  /** Weight on a logarithmic scale, before anything is explained away. */
  readonly strength: number;
}

export interface Explained extends Finding {
  /** From 0 to `ALMOST_ALL`. */
  readonly explained: number;
  readonly by: string | null;
}

/** No anomaly is explained away wholly: two components that call each other must not clear each other. */
const ALMOST_ALL = 0.9;
/** A missing replica of one counts as this many deviations. */
const REPLICA_DEVIATIONS = 20;
/** What a callee accounts for counts fully from here on, and less below, where it may be noise; in deviations. */
const NOISE = 2;

const WEIGHT: Readonly<Record<Finding['kind'], number>> = {
  latency: 1,
  errors: 1,
  success: 1,
  saturation: 1,
  replicas: 1,
  traffic: PARAMETERS.trafficWeight,
  other: PARAMETERS.otherWeight,
  logs: PARAMETERS.logWeight,
};

/** What is wrong with each component, taken by itself. */
export function findings(
  measured: ReadonlyMap<string, Anomalies>,
  graph: Graph,
): ReadonlyMap<string, readonly Finding[]> {
  return new Map(
    [...measured].map(([name, anomalies]) => {
      const callers = (graph.callers.get(name) ?? []).flatMap((one) => measured.get(one) ?? []);
      const scored = anomalies.scores.map((score) =>
        finding(score.kind, Math.min(score.deviations, noticeable(score, anomalies, callers)), score),
      );
      const shifted = anomalies.logs.reduce((most, { deviations }) => Math.max(most, deviations), 0);
      const { ready, wanted } = anomalies.replicas ?? { ready: 0, wanted: 0 };
      const missing = wanted > 0 ? Math.max(0, 1 - ready / wanted) : 0;
      return [
        name,
        [
          ...scored,
          finding('logs', shifted, null),
          finding('replicas', missing * REPLICA_DEVIATIONS, null),
        ].filter(({ deviations }) => deviations > 0),
      ];
    }),
  );
}

const finding = (kind: Finding['kind'], deviations: number, score: SeriesScore | null): Finding => ({
  kind,
  deviations,
  score,
  strength: Math.log1p(deviations) * WEIGHT[kind],
});

/**
 * The most that an anomaly can count: what it does to the caller that it does most to. A few failing calls among
 * thousands are no incident of the caller's. Infinite where calls are not counted or the metric does not add up.
 */
function noticeable(score: SeriesScore, own: Anomalies, callers: readonly Anomalies[]): number {
  if (!PROPAGATES.has(score.kind) || !addsUp(score.series.stat) || own.traffic === null)
    return Number.POSITIVE_INFINITY;
  const effects: number[] = [];
  for (const caller of callers) {
    const same = sameMetric(caller, score);
    if (!same || caller.traffic === null || caller.traffic === 0) return Number.POSITIVE_INFINITY;
    effects.push((score.excess * (own.traffic / caller.traffic)) / same.spread);
  }
  return effects.length > 0 ? Math.max(...effects) * PARAMETERS.noticed : Number.POSITIVE_INFINITY;
}

const sameMetric = (of: Anomalies | undefined, score: SeriesScore): SeriesScore | undefined =>
  of?.scores.find(({ series }) => metricKey(series) === metricKey(score.series));

/** Takes from each finding what callees (for what callers inherit) or callers (for traffic) account for. */
export function explainAway(
  measured: ReadonlyMap<string, Anomalies>,
  found: ReadonlyMap<string, readonly Finding[]>,
  graph: Graph,
): ReadonlyMap<string, readonly Explained[]> {
  return new Map(
    [...found].map(([name, ones]) => [
      name,
      ones.map((one) => {
        const { explained, by } = explanation(name, one);
        return { ...one, explained: Math.min(ALMOST_ALL, explained), by };
      }),
    ]),
  );

  function explanation(name: string, one: Finding): { explained: number; by: string | null } {
    if (one.kind === 'traffic')
      return strongest(graph.callers.get(name) ?? [], (caller) => ratio(caller, one));
    if (one.kind === 'saturation') return { explained: byLoad(name, one), by: null };
    if (one.kind !== 'logs' && one.kind !== 'other' && !PROPAGATES.has(one.kind as MetricKind))
      return { explained: 0, by: null };
    const callees = graph.callees.get(name) ?? [];
    const across = strongest(callees, (callee) => PARAMETERS.crossKind * ratio(callee, one, one.kind));
    const same = byCallees(name, one, callees);
    const load = one.kind === 'latency' ? { explained: byLoad(name, one), by: null } : same;
    return [same, across, load].reduce((most, way) => (way.explained > most.explained ? way : most));
  }

  /** How much of a finding the whole of another component's anomalies could account for. */
  function ratio(other: string, one: Finding, except?: Finding['kind']): number {
    const unweighted = (found.get(other) ?? [])
      .filter(
        ({ kind, deviations }) => kind !== except && kind !== 'traffic' && deviations >= PARAMETERS.anomalous,
      )
      .reduce((most, { deviations }) => Math.max(most, deviations), 0);
    const traffic =
      one.kind === 'traffic'
        ? ((found.get(other) ?? []).find(({ kind }) => kind === 'traffic')?.deviations ?? 0)
        : 0;
    return Math.min(1, Math.log1p(Math.max(unweighted, traffic)) / Math.log1p(one.deviations));
  }

  /** Load on a machine that grew with the calls is the calls' doing. */
  function byLoad(name: string, { score }: Finding): number {
    const calls = measured.get(name)?.scores.find(({ kind }) => kind === 'traffic');
    if (!score || !calls || calls.direction !== 'up' || score.excess === 0) return 0;
    const grown = calls.excess / Math.abs(calls.level) / (score.excess / Math.abs(score.level));
    return Number.isNaN(grown)
      ? 0
      : Math.min(1, grown) * Math.min(1, calls.deviations / PARAMETERS.anomalous);
  }

  /** Time and failures of callees, weighted by calls, as a share of the caller's own. */
  function byCallees(name: string, { score }: Finding, callees: readonly string[]) {
    if (!score || score.excess === 0) return { explained: 0, by: null };
    const own = measured.get(name)?.traffic ?? null;
    const parts = callees.flatMap((callee) => {
      const theirs = sameMetric(measured.get(callee), score);
      if (!theirs || theirs.direction !== score.direction) return [];
      const calls = measured.get(callee)?.traffic ?? null;
      const weight = addsUp(score.series.stat) && calls !== null && own !== null && own > 0 ? calls / own : 1;
      return [
        { callee, share: ((theirs.excess * weight) / score.excess) * Math.min(1, theirs.deviations / NOISE) },
      ];
    });
    const most = strongest(
      parts.map(({ callee }) => callee),
      (name_) => parts.find(({ callee }) => callee === name_)?.share ?? 0,
    );
    return {
      explained: Math.min(
        1,
        parts.reduce((sum, { share }) => sum + share, 0),
      ),
      by: most.by,
    };
  }
}

function strongest(names: readonly string[], share: (name: string) => number) {
  return [...names].sort().reduce<{ explained: number; by: string | null }>(
    (most, by) => {
      const explained = share(by);
      return explained > most.explained ? { explained, by } : most;
    },
    { explained: 0, by: null },
  );
}
