import type { Graph, Link } from './graph.ts';

/** The links of a graph by the component that they leave and enter. */
export interface GraphIndex {
  readonly out: ReadonlyMap<string, readonly Link[]>;
  readonly in: ReadonlyMap<string, readonly Link[]>;
}

const known = new WeakMap<Graph, GraphIndex>();

/** The index of a graph; made once for each. */
export function indexOf(graph: Graph): GraphIndex {
  const index = known.get(graph) ?? { out: by('from', graph.links), in: by('to', graph.links) };
  known.set(graph, index);
  return index;
}

function by(end: 'from' | 'to', links: readonly Link[]): ReadonlyMap<string, readonly Link[]> {
  const map = new Map<string, Link[]>();
  for (const link of links) {
    const there = map.get(link[end]);
    if (there) there.push(link);
    else map.set(link[end], [link]);
  }
  return map;
}

/** A component that a walk reached: by which link, from which component before it, and how far it is. */
export interface Step {
  readonly name: string;
  readonly distance: number;
  readonly link: Link;
  readonly before: string;
}

/**
 * Walks breadth first from a component, so each other one is reached once, on a shortest way; cycles end by themselves.
 * `linksFrom` gives the links to follow and the component at their other end.
 */
export function walk(
  start: string,
  linksFrom: (name: string) => Iterable<readonly [other: string, link: Link]>,
  depth = Number.POSITIVE_INFINITY,
): ReadonlyMap<string, Step> {
  const reached = new Map<string, Step>();
  let front = [start];
  for (let distance = 1; distance <= depth && front.length > 0; distance++) {
    const next: string[] = [];
    for (const before of front)
      for (const [name, link] of linksFrom(before)) {
        if (name === start || reached.has(name)) continue;
        reached.set(name, { name, distance, link, before });
        next.push(name);
      }
    front = next;
  }
  return reached;
}
