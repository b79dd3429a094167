import type { Readable, Writable } from 'node:stream';
import type { Server } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Stackward } from '../stackward.ts';
import { announceSwaps } from './announce.ts';
import { openInFlight } from './in-flight.ts';
import type { Logger } from './logger.ts';
import { mcpServerFor, type ServerOptions } from './mcp-server.ts';

export interface StdioOptions extends ServerOptions {
  readonly logger?: Logger;
  /** Standard input and output unless given. */
  readonly input?: Readable;
  readonly output?: Writable;
}

export interface StdioServing {
  /** Resolves once the client has closed its end or `close` was called, and every call in flight has ended. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Serves one client over stdio, in whichever revision it opens with. Nothing but MCP is written to `output`. */
export function serveStdioFor(stackward: Stackward, options: StdioOptions): StdioServing {
  const { input = process.stdin, output = process.stdout, logger } = options;
  const calls = openInFlight();
  const counted: Stackward = {
    ...stackward,
    async call(request) {
      const leave = calls.enter();
      return stackward.call(request).finally(leave);
    },
  };
  const servers = new Set<Server>();
  const silence = announceSwaps(stackward, () => servers);
  const transport = new StdioServerTransport(input, output);
  const handle = serveStdio(
    () => {
      const server = mcpServerFor(counted, options);
      servers.add(server);
      server.onclose = () => servers.delete(server);
      return server;
    },
    { transport, onerror: (error) => logger?.warn({ error: error.message }, 'stdio') },
  );
  const atEnd = transport.onclose;
  const closed = new Promise<void>((resolve) => {
    transport.onclose = () => {
      atEnd?.();
      resolve();
    };
  });
  const ended = closed.then(calls.idle).finally(silence);
  return {
    ended,
    async close() {
      await handle.close();
      await ended;
    },
  };
}
