import { SERVICES } from '../services/index.ts';
import { drawnTypes } from '../toolset/drawn-types.ts';
import type { Graph } from '../topology/graph.ts';
import { readTopology } from '../topology/load.ts';
import { TopologyError } from '../topology/topology-error.ts';
import { typesAtHand } from '../topology/type-source.ts';

/** Reads a topology file for a command. Throws TopologyError with every problem. */
export async function readGraph(file: string): Promise<Graph> {
  const loaded = await readTopology(file, typesAtHand(drawnTypes(SERVICES)));
  if (loaded.problems) throw new TopologyError(loaded.problems);
  return loaded.graph;
}
