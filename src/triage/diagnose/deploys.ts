import type { Deploy } from './input.ts';
import { PARAMETERS } from './parameters.ts';
import type { Window } from './window.ts';

/** A deploy that may have begun the incident, and how fresh it was then: 1 at the onset, 0 when too old. */
export interface FreshDeploy {
  readonly deploy: Deploy;
  readonly freshness: number;
}

/**
 * The newest deploy of each component that came before the incident and not long before. One step of grace, for the
 * onset is known no better than that.
 */
export function freshDeploys(deploys: readonly Deploy[], window: Window): ReadonlyMap<string, FreshDeploy> {
  const newest = new Map<string, FreshDeploy>();
  for (const deploy of deploys) {
    const age = Math.max(0, window.from - deploy.t);
    if (deploy.t > window.from + window.step || age >= PARAMETERS.deployWindow) continue;
    const known = newest.get(deploy.component);
    if (
      known &&
      (known.deploy.t > deploy.t || (known.deploy.t === deploy.t && known.deploy.sha <= deploy.sha))
    )
      continue;
    newest.set(deploy.component, { deploy, freshness: 1 - age / PARAMETERS.deployWindow });
  }
  return newest;
}
