import type { Anomalies } from './anomaly.ts';
import type { Graph } from './graph.ts';
import { addsUp, type MetricKind, PROPAGATES } from './metric-kind.ts';
import { PARAMETERS } from './parameters.ts';
import { metricKey, type SeriesScore } from './series-score.ts';

/** One thing that is wrong with a component. */
export interface Finding {
  readonly kind: MetricKind | 'logs' | 'replicas';
  /** What was measured; null for logs and replicas. */
  readonly score: SeriesScore | null;
  /** Robust deviations, no more than its callers would notice. */
  readonly deviations: number;
  /** Weight on a logarithmic scale, before anything is explained away. */
  readonly strength: number;
}

/** How much a kind of finding says about who is at fault; 1 where nothing is held against it. */
function weightOf(kind: Finding['kind']): number {
  if (kind === 'traffic') return PARAMETERS.trafficWeight;
  if (kind === 'other') return PARAMETERS.otherWeight;
  return kind === 'logs' ? PARAMETERS.logWeight : 1;
}

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
          finding('replicas', missing * PARAMETERS.replicaDeviations, null),
        ].filter(({ deviations }) => deviations > 0),
      ];
    }),
  );
}

const finding = (kind: Finding['kind'], deviations: number, score: SeriesScore | null): Finding => ({
  kind,
  deviations,
  score,
  strength: Math.log1p(deviations) * weightOf(kind),
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

/** The score of a component for the metric and statistic of another's. */
export const sameMetric = (of: Anomalies | undefined, score: SeriesScore): SeriesScore | undefined =>
  of?.scores.find(({ series }) => metricKey(series) === metricKey(score.series));
