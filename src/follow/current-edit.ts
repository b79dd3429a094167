import { StoreError } from '../store/documents.ts';
import type { Stores } from '../store/stores.ts';
import type { Graph } from '../topology/graph.ts';
import type { SharedTopology, TopologyEdit } from '../versions/shared-topology.ts';
import { graphOf } from './first-in-force.ts';
import { type Followed, type Following, swap, tellLoaded, tellRejected } from './follower.ts';

/**
 * How long a replica works on without having seen that its topology is in force, in milliseconds. For as long after
 * an edit, a call has to hold under the topology before as well: somebody may still work under that.
 */
export const SURE_MS = 3_000;

export interface Sharing extends Followed {
  readonly shared: SharedTopology;
  readonly stores: Pick<Stores, 'tell' | 'hear'>;
}

/** The edit of the shared topology that this replica works under. Its methods are not to run side by side. */
export interface CurrentEdit {
  isInForce(): Promise<boolean>;
  /** Takes up what is in force. True when that was another. Rejects when it cannot be told. */
  see(): Promise<boolean>;
  /** Puts a graph in force for all. False when somebody else's edit came first. */
  apply(graph: Graph): Promise<boolean>;
}

/** Begins with an edit that was just seen to be in force. */
export function openCurrentEdit(first: number, following: Following, sharing: Sharing): CurrentEdit {
  const { shared, stores, catalogs } = sharing;
  const { report } = following;
  let edit = first;
  /** Nothing is linked, since what is in force is not as it was written. */
  let isShut = false;
  catalogs.sureUntil(performance.now() + SURE_MS);

  const enter = async (next: TopologyEdit, read: Graph) => {
    const before = catalogs.graph().hash;
    swap(read, sharing, SURE_MS);
    edit = next.number;
    isShut = false;
    await tellLoaded(read, { before, edit: next }, sharing, report);
  };
  const take = async (next: TopologyEdit) => {
    const { graph, problems } = await graphOf(next, catalogs.graph(), following);
    await enter(next, graph);
    const words = `edit ${next.number} of the topology, of ${next.by}, cannot be read by this release; nothing is linked`;
    if (problems) await tellRejected(words, problems, sharing, report);
  };
  const latest = async () => {
    try {
      return await shared.latest();
    } catch (error) {
      // A store that is away says nothing of the edit: what is known holds as long as it is sure.
      if (!(error instanceof StoreError) && !isShut) {
        swap(shut(catalogs.graph()), sharing);
        isShut = true;
      }
      throw error;
    }
  };
  return {
    isInForce: async () => !isShut && (await shared.isLatest(edit)),
    async see() {
      const asked = performance.now();
      const next = isShut || !(await shared.isLatest(edit)) ? await latest() : undefined;
      if (next) await take(next);
      catalogs.sureUntil(asked + SURE_MS);
      return next !== undefined;
    },
    async apply(graph) {
      const made = await shared.apply(graph.text, edit);
      if (!made) return false;
      await enter(made, graph);
      // A hint: lost, the edit is found by looking.
      await stores.tell('topologies').catch(() => {});
      return true;
    },
  };
}

/** Of another hash, so that what was allowed and still waits is asked anew. */
const shut = (graph: Graph): Graph => Object.freeze({ ...graph, links: [], text: '', hash: '0'.repeat(64) });
