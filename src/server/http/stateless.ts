import { legacyStatelessFallback, type Server } from '@modelcontextprotocol/server';
import { headerMismatch } from './header-mismatch.ts';
import { rpcError } from './rpc-error.ts';
import type { LegacyServing } from './sessions.ts';

/**
 * Revision 2025-11-25 without sessions: every request is answered by itself, whichever replica it comes to, and
 * initialize hands out no session id. What needs a way back to the client is not there: no stream of notifications, no
 * elicitation, so a write that a human has to approve waits for `stackward approve` or the console.
 */
export function openStateless({ serverFor }: { serverFor(principal: string): Server }): LegacyServing {
  return {
    answer: () => false,
    count: () => 0,
    servers: () => [],
    async serve(request, body, { principal }) {
      const mismatch = headerMismatch((name) => request.headers.get(name) ?? undefined, body);
      if (mismatch) return rpcError(400, mismatch, -32_020);
      const handle = legacyStatelessFallback(() => serverFor(principal));
      return handle(request, body === undefined ? {} : { parsedBody: body });
    },
    close: async () => {},
  };
}
