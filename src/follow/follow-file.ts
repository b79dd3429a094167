import { watchTopology } from '../topology/watch.ts';
import { restoreTopologyFile } from '../versions/restore-topology.ts';
import {
  type Followed,
  type Follower,
  type Following,
  keepTopology,
  swap,
  tellLoaded,
  tellRejected,
} from './follower.ts';

/**
 * Follows a file that is this process's own: a valid edit swaps every catalog at once, an invalid one changes nothing.
 * Both are reported and audited.
 */
export function followFile({ topology, services, watch, report }: Following, followed: Followed): Follower {
  const { catalogs, history } = followed;
  let kept: Promise<void> = Promise.resolve();
  const follow = () =>
    watchTopology(topology, services.types, {
      current: catalogs.graph(),
      onGraph(graph) {
        const before = catalogs.graph().hash;
        // An edit that was put back: what is in force did not change, and nobody needs to hear of it.
        if (before === graph.hash) return;
        swap(graph, followed);
        kept = kept.then(() => keepTopology(history, report));
        void tellLoaded(graph, { before }, followed, report);
      },
      onProblems: (problems) => void tellRejected(sayKept(topology), problems, followed, report),
    });
  const watching = watch ? follow() : undefined;
  return {
    isInForce: async () => true,
    async put(text) {
      const current = catalogs.graph();
      swap(await restoreTopologyFile(current.file, text, current, services.types), followed);
    },
    async close() {
      await watching?.close();
      await kept;
    },
  };
}

/** What is said of a file that was edited and does not hold. */
export const sayKept = (topology: string): string =>
  `${topology} was edited and does not hold; the last good topology stays in force`;
