import type { Link } from './input.ts';
import { PARAMETERS } from './parameters.ts';

/** Who calls whom. */
export interface Graph {
  readonly callees: ReadonlyMap<string, readonly string[]>;
  readonly callers: ReadonlyMap<string, readonly string[]>;
}

export function graphOf(links: readonly Link[]): Graph {
  const callees = new Map<string, Set<string>>();
  const callers = new Map<string, Set<string>>();
  for (const { from, to } of links) {
    if (from === to) continue;
    callees.set(from, (callees.get(from) ?? new Set()).add(to));
    callers.set(to, (callers.get(to) ?? new Set()).add(from));
  }
  return { callees: inOrder(callees), callers: inOrder(callers) };
}

/** By name, so that sums over neighbours do not depend on the order that links were drawn in. */
const inOrder = (neighbours: ReadonlyMap<string, ReadonlySet<string>>) =>
  new Map([...neighbours].map(([name, all]) => [name, [...all].sort()]));

/** A way from what alerted to a suspect, and how much of a suspicion it lets through (0 to 1). */
export interface Walk {
  readonly path: readonly string[];
  readonly share: number;
  /** `undrawn`: what alerted has no link at all, so that nothing is known of the way. */
  readonly relation: 'alerting' | 'downstream' | 'upstream' | 'unlinked' | 'undrawn';
}

/**
 * The best way from `start` to every component that it reaches along calls: the one whose components between are most
 * anomalous, then the shortest, then by name. Callers follow, at `upstream`; the rest is unlinked.
 * @param anomaly how anomalous a component is, from 0 (as ever) to 1; a component without measurements is 1, for
 *   nothing says that it is well
 */
export function walks(
  graph: Graph,
  start: string,
  components: readonly string[],
  anomaly: (component: string) => number,
): ReadonlyMap<string, Walk> {
  const found = new Map<string, Walk>([[start, { path: [start], share: 1, relation: 'alerting' }]]);
  spread(graph.callees, 'downstream', 1);
  spread(graph.callers, 'upstream', PARAMETERS.upstream);
  for (const name of components)
    if (!found.has(name)) found.set(name, { path: [name], share: PARAMETERS.unlinked, relation: 'unlinked' });
  return found;

  function spread(next: Graph['callees'], relation: Walk['relation'], share: number): void {
    let front: Walk[] = [{ path: [start], share, relation }];
    while (front.length > 0) {
      const better = new Map<string, Walk>();
      for (const walk of front) {
        const end = walk.path.at(-1) ?? start;
        const through =
          end === start ? 1 : PARAMETERS.quietHop + (1 - PARAMETERS.quietHop) * Math.min(1, anomaly(end));
        for (const name of next.get(end) ?? []) {
          const one: Walk = { path: [...walk.path, name], share: walk.share * through, relation };
          const known = better.get(name) ?? found.get(name);
          if (!known || isBetter(one, known)) better.set(name, one);
        }
      }
      for (const [name, walk] of better) found.set(name, walk);
      front = [...better.values()];
    }
  }
}

function isBetter(one: Walk, other: Walk): boolean {
  if (one.share !== other.share) return one.share > other.share;
  if (one.path.length !== other.path.length) return one.path.length < other.path.length;
  return one.relation === other.relation && one.path.join('\n') < other.path.join('\n');
}
