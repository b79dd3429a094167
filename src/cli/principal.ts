import { isPrincipal } from '../toolset/reach.ts';
import type { Graph } from '../topology/graph.ts';
import { UsageError } from './command.ts';

/** Throws UsageError, naming the agents there are: one that the topology does not name could call nothing. */
export function mustBePrincipal(graph: Graph, principal: string): void {
  if (isPrincipal(graph, principal)) return;
  const agents = [...graph.components.values()].filter((one) => one.type === 'agent').map((one) => one.name);
  throw new UsageError(
    `${graph.file} names no agent '${principal}'; it names: ${agents.join(', ') || 'none'}`,
  );
}
