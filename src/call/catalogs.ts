import { buildCatalog, type Catalog } from '../toolset/catalog.ts';
import type { ServiceDefinition } from '../toolset/define.ts';
import type { FlagStore } from '../toolset/flags.ts';
import type { Graph } from '../topology/graph.ts';

/** The catalogs of one moment, and how the next moment replaces them all in one step. */
export interface Catalogs {
  graph(): Graph;
  /** A principal's catalog, built on first use and kept until the next swap. A call in flight keeps the one it began with. */
  of(principal: string): Catalog;
  /** Replaces the topology, and with it every catalog, at once; then tells the listeners. */
  swap(graph: Graph): void;
  onSwap(listener: (graph: Graph) => void): () => void;
}

export function openCatalogs(
  first: Graph,
  services: ReadonlyMap<string, ServiceDefinition>,
  flags: FlagStore,
  toolsLimit?: number,
): Catalogs {
  let moment = { graph: first, built: new Map<string, Catalog>() };
  const listeners = new Set<(graph: Graph) => void>();
  return {
    graph: () => moment.graph,
    of(principal) {
      const { graph, built } = moment;
      const known = built.get(principal);
      if (known) return known;
      const catalog = buildCatalog(graph, services, flags, principal, toolsLimit);
      built.set(principal, catalog);
      return catalog;
    },
    swap(graph) {
      moment = { graph, built: new Map() };
      for (const listener of listeners) listener(graph);
    },
    onSwap(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
