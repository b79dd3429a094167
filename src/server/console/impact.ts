import type { Graph } from '../../topology/graph.ts';

/** As many names as a human would read. */
const MOST = 50;

/** The components that use one, directly or through others, nearest first. */
export function impactOf({ links }: Graph, component: string): string[] {
  const found = new Set([component]);
  for (const name of found)
    for (const { from, to } of links) if (to === name && found.size <= MOST) found.add(from);
  found.delete(component);
  return [...found];
}
