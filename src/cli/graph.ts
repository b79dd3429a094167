import { SERVICES } from '../services/index.ts';
import { drawnTypes } from '../toolset/drawn-types.ts';
import { isPrincipal } from '../toolset/reach.ts';
import type { Graph } from '../topology/graph.ts';
import { readTopology } from '../topology/load.ts';
import { TopologyError } from '../topology/topology-error.ts';
import { typesAtHand } from '../topology/type-source.ts';
import { UsageError } from './command.ts';

/** Reads a topology file for a command. Throws TopologyError with every problem. */
export async function readGraph(file: string): Promise<Graph> {
  const loaded = await readTopology(file, typesAtHand(drawnTypes(SERVICES)));
  if (loaded.problems) throw new TopologyError(loaded.problems);
  return loaded.graph;
}

/** Throws UsageError, naming the agents there are: one that the topology does not name could call nothing. */
export function mustBePrincipal(graph: Graph, principal: string): void {
  if (isPrincipal(graph, principal)) return;
  const agents = [...graph.components.values()].filter((one) => one.type === 'agent').map((one) => one.name);
  throw new UsageError(
    `${graph.file} names no agent '${principal}'; it names: ${agents.join(', ') || 'none'}`,
  );
}
