import { buildCatalog, type Catalog } from '../toolset/catalog.ts';
import type { ServiceDefinition } from '../toolset/define.ts';
import type { FlagStore } from '../toolset/flags.ts';
import type { Graph } from '../topology/graph.ts';

/** The catalogs of one moment, and how the next moment replaces them all in one step. */
export interface Catalogs {
  graph(): Graph;
  /** A principal's catalog, built on first use and kept until the next swap. A call in flight keeps the one it began with. */
  of(principal: string): Catalog;
  /**
   * Replaces the topology, and with it every catalog, at once; then tells the listeners. While other replicas may
   * still work under the one before, for `mixedMs`, a call has to hold under both.
   */
  swap(graph: Graph, mixedMs?: number): void;
  /**
   * Whether it was seen lately that the topology is in force. Who cannot see that begins nothing: the others count on
   * it that a replica which heard of no edit stops by itself.
   */
  isSure(): boolean;
  /** Says until when that is sure, in milliseconds of `performance.now()`. Before it is said first, it is sure without end. */
  sureUntil(until: number): void;
  /** The catalogs that a call has to hold under as well, while another replica may still work under one of them. */
  alsoUnder(principal: string): readonly Catalog[];
  onSwap(listener: (graph: Graph) => void): () => void;
}

export function openCatalogs(
  first: Graph,
  services: ReadonlyMap<string, ServiceDefinition>,
  flags: FlagStore,
  toolsLimit?: number,
): Catalogs {
  type Moment = { readonly graph: Graph; readonly built: Map<string, Catalog> };
  let moment: Moment = { graph: first, built: new Map() };
  let sureUntil = Number.POSITIVE_INFINITY;
  let formers: readonly { readonly moment: Moment; readonly until: number }[] = [];
  const mixed = () => {
    const now = performance.now();
    formers = formers.filter(({ until }) => now < until);
    return formers;
  };
  const catalogOf = ({ graph, built }: Moment, principal: string): Catalog => {
    const known = built.get(principal);
    if (known) return known;
    const catalog = buildCatalog(graph, services, flags, principal, toolsLimit);
    built.set(principal, catalog);
    return catalog;
  };
  const listeners = new Set<(graph: Graph) => void>();
  return {
    graph: () => moment.graph,
    of: (principal) => catalogOf(moment, principal),
    isSure: () => performance.now() < sureUntil,
    sureUntil(until) {
      sureUntil = until;
    },
    alsoUnder: (principal) => mixed().map((former) => catalogOf(former.moment, principal)),
    swap(graph, mixedMs = 0) {
      formers = mixedMs > 0 ? [...mixed(), { moment, until: performance.now() + mixedMs }] : [];
      moment = { graph, built: new Map() };
      for (const listener of listeners) listener(graph);
    },
    onSwap(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
