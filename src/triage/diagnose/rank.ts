import type { FreshDeploy } from './deploys.ts';
import type { Explained } from './explain-away.ts';
import type { Walk } from './graph.ts';
import { PARAMETERS } from './parameters.ts';

/** A component under suspicion. */
export interface Suspect {
  readonly component: string;
  /** How strongly it is suspected; only its order and ratio to others mean something. */
  readonly score: number;
  /** The strongest of its findings before anything was explained away, in robust deviations. */
  readonly deviations: number;
  readonly walk: Walk;
  readonly findings: readonly Explained[];
  readonly deploy: FreshDeploy | null;
}

/** Orders all components with a finding by suspicion; what no link joins to the alert comes after all that one does. */
export function rankSuspects(
  explained: ReadonlyMap<string, readonly Explained[]>,
  walked: ReadonlyMap<string, Walk>,
  deploys: ReadonlyMap<string, FreshDeploy>,
): Suspect[] {
  const suspects = [...explained].flatMap(([component, findings]): Suspect[] => {
    const walk = walked.get(component);
    if (!walk || findings.length === 0) return [];
    const deviations = findings.reduce((most, one) => Math.max(most, one.deviations), 0);
    const left = Math.hypot(...findings.map(({ strength, explained: part }) => strength * (1 - part)));
    const deploy = deviations >= PARAMETERS.anomalous ? (deploys.get(component) ?? null) : null;
    const boost = 1 + PARAMETERS.deployBoost * (deploy?.freshness ?? 0);
    return [{ component, score: left * walk.share * boost, deviations, walk, findings, deploy }];
  });
  return suspects.sort(
    (a, b) =>
      Number(a.walk.relation === 'unlinked') - Number(b.walk.relation === 'unlinked') ||
      b.score - a.score ||
      a.walk.path.length - b.walk.path.length ||
      (a.component < b.component ? -1 : 1),
  );
}
