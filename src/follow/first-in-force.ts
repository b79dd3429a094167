import type { Graph } from '../topology/graph.ts';
import { checkText } from '../topology/load.ts';
import type { Problem } from '../topology/problem.ts';
import type { SharedTopology, TopologyEdit } from '../versions/shared-topology.ts';
import type { Following } from './follower.ts';

/** The topology that a replica begins with. */
export interface InForce {
  readonly graph: Graph;
  /** The number of its edit; 0 while nobody has put one in force. */
  readonly edit: number;
  /** What other replicas may still work under, where this one has just put its own in force. */
  readonly former?: Graph;
}

interface Offering extends Pick<Following, 'topology' | 'services' | 'report'> {
  /** Whether the file is put in force, where it never was. */
  readonly offers: boolean;
}

/**
 * The topology that a replica begins with: the one in force, or its own file where that is an edit of it. A file that
 * was in force before is not put in force again: the replica may just have been left with it. Throws an Error when the
 * shared topology is not as it was written.
 */
export async function firstInForce(own: Graph, shared: SharedTopology, options: Offering): Promise<InForce> {
  for (;;) {
    const latest = await shared.latest();
    if (latest?.hash === own.hash) return { graph: own, edit: latest.number };
    const isNew = options.offers && !(latest && (await shared.wasInForce(own.hash)));
    if (!isNew) {
      if (!latest) return { graph: own, edit: 0 };
      options.report('warn', sayOther(options.topology, latest));
      return { graph: (await graphOf(latest, own, options)).graph, edit: latest.number };
    }
    const made = await shared.apply(own.text, latest?.number ?? 0);
    if (!made) continue;
    const former = latest && (await graphOf(latest, own, options)).graph;
    return { graph: own, edit: made.number, ...(former ? { former } : {}) };
  }
}

const sayOther = (topology: string, { number, by, at }: TopologyEdit): string =>
  `${topology} is not the topology in force, which is edit ${number}, of ${by} at ${at}; that one holds. To put the file in force: stackward topology apply`;

/** The graph of an edit. One that this release cannot read leaves the components that are known, and no link. */
export async function graphOf(
  { text, hash }: Pick<TopologyEdit, 'text' | 'hash'>,
  known: Graph,
  { topology, services }: Pick<Following, 'topology' | 'services'>,
): Promise<{ readonly graph: Graph; readonly problems?: readonly Problem[] }> {
  const loaded = await checkText(text, topology, services.types);
  if (loaded.graph) return { graph: loaded.graph };
  return { graph: Object.freeze({ ...known, text, hash, links: [] }), problems: loaded.problems };
}
