import type { Anomalies } from './anomaly.ts';
import { type Finding, sameMetric } from './findings.ts';
import type { Graph } from './graph.ts';
import { addsUp, PROPAGATES } from './metric-kind.ts';
import { PARAMETERS } from './parameters.ts';

/** A finding, and how much of it other components account for. */
export interface Explained extends Finding {
  /** From 0 to `mostExplained`. */
  readonly explained: number;
  /** The component that accounts for most of it; null for none, or for the component's own traffic. */
  readonly by: string | null;
}

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
        return { ...one, explained: Math.min(PARAMETERS.mostExplained, explained), by };
      }),
    ]),
  );

  function explanation(name: string, one: Finding): { explained: number; by: string | null } {
    if (one.kind === 'traffic')
      return strongest(graph.callers.get(name) ?? [], (caller) => ratio(caller, one));
    if (one.kind === 'saturation') return { explained: byLoad(name, one), by: null };
    if (!PROPAGATES.has(one.kind)) return { explained: 0, by: null };
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
        {
          callee,
          share:
            ((theirs.excess * weight) / score.excess) * Math.min(1, theirs.deviations / PARAMETERS.noise),
        },
      ];
    });
    const most = strongest(
      parts.map(({ callee }) => callee),
      (one) => parts.find(({ callee }) => callee === one)?.share ?? 0,
    );
    const all = parts.reduce((sum, { share }) => sum + share, 0);
    return { explained: Math.min(1, all), by: most.by };
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
