import { legacyStatelessFallback, type Server } from '@modelcontextprotocol/server';
import type { Reading } from '../reading.ts';
import { BEAT_MS, type Exchange } from './exchange.ts';
import { headerMismatch } from './header-mismatch.ts';
import { plainRequestIn } from './plain-request.ts';
import { readAlone } from './read-alone.ts';
import { rpcError } from './rpc-error.ts';
import type { LegacyServing } from './sessions.ts';

export interface StatelessSettings {
  serverFor(principal: string): Server;
  /** How a principal's plain reading is answered; undefined where a server has to hear of it. */
  readingFor(principal: string): Reading | undefined;
  readonly onerror: (error: Error) => void;
}

/**
 * Revision 2025-11-25 without sessions: every request is answered by itself, whichever replica it comes to, and
 * initialize hands out no session id. What needs a way back to the client is not there: no stream of notifications, no
 * elicitation, so a write that a human has to approve waits for `stackward approve` or the console.
 */
export function openStateless({ serverFor, readingFor, onerror }: StatelessSettings): LegacyServing {
  const waiting = new Set<Exchange>();
  const beat = setInterval(() => {
    for (const exchange of waiting) exchange.beat();
  }, BEAT_MS).unref();
  return {
    answer({ headers }, body, { principal }, response) {
      const plain = plainRequestIn(headers, body);
      const reading = plain && readingFor(principal);
      const exchange =
        reading && readAlone(plain, { response, reading, complete: (result) => result, onerror });
      if (!exchange) return false;
      waiting.add(exchange);
      response.once('close', () => waiting.delete(exchange));
      return true;
    },
    count: () => 0,
    servers: () => [],
    async serve(request, body, { principal }) {
      const mismatch = headerMismatch((name) => request.headers.get(name) ?? undefined, body);
      if (mismatch) return rpcError(400, mismatch, -32_020);
      const handle = legacyStatelessFallback(() => serverFor(principal));
      return handle(request, body === undefined ? {} : { parsedBody: body });
    },
    close: async () => clearInterval(beat),
  };
}
