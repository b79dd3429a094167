import type { Server } from '@modelcontextprotocol/server';
import type { Stackward } from '../stackward.ts';

/**
 * Tells the clients of long-lived servers whenever the catalogs were swapped.
 * @returns how to stop
 */
export function announceSwaps(stackward: Stackward, servers: () => Iterable<Server>): () => void {
  return stackward.catalogs.onSwap(() => {
    for (const server of servers()) {
      // A client that is going away misses nothing by not hearing this.
      server.sendToolListChanged().catch(() => {});
      server.sendResourceListChanged().catch(() => {});
    }
  });
}
