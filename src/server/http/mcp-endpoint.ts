import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import type { Stackward } from '../../stackward.ts';
import { announceSwaps } from '../announce.ts';
import type { Logger } from '../logger.ts';
import { mcpServerFor, type ServerExtension } from '../mcp-server.ts';
import type { Tracing } from '../traced.ts';
import { openSessions, type Resumable } from './sessions.ts';

/** `/mcp`: revision 2026-07-28 without sessions, 2025-11-25 with them. */
export interface McpEndpoint {
  /** @param body the parsed JSON of a POST; undefined for GET and DELETE */
  serve(request: IncomingMessage, response: ServerResponse, body: unknown, principal: string): Promise<void>;
  sessions(): number;
  close(): Promise<void>;
}

export interface McpEndpointSettings {
  readonly extension?: ServerExtension;
  readonly tracing?: Tracing;
  readonly logger?: Logger;
  readonly sessionLimit: number;
  readonly sessionIdleMs: number;
  readonly resumable?: Resumable;
}

export function openMcpEndpoint(stackward: Stackward, settings: McpEndpointSettings): McpEndpoint {
  const { extension, tracing, logger } = settings;
  const onerror = (error: Error) => logger?.warn({ error: error.message }, 'mcp');
  const serverFor = (principal: string) => {
    const server = mcpServerFor(stackward, {
      principal,
      ...(extension ? { extension } : {}),
      ...(tracing ? { tracing } : {}),
    });
    server.onerror = onerror;
    return server;
  };
  const sessions = openSessions({
    serverFor,
    limit: settings.sessionLimit,
    idleMs: settings.sessionIdleMs,
    ...(settings.resumable ? { resumable: settings.resumable } : {}),
  });
  const modern = createMcpHandler(({ authInfo }) => serverFor(vouched(authInfo?.clientId)), {
    legacy: 'reject',
    onerror,
  });
  const silence = [
    announceSwaps(stackward, sessions.servers),
    stackward.catalogs.onSwap(() => {
      modern.notify.toolsChanged();
      modern.notify.resourcesChanged();
    }),
  ];

  return {
    sessions: sessions.count,
    async serve(request, response, body, principal) {
      const handler = toNodeHandler(
        {
          fetch: async (webRequest, options) =>
            (await isLegacyRequest(webRequest, body))
              ? sessions.serve(webRequest, body, principal, response)
              : modern.fetch(webRequest, options),
        },
        { onerror },
      );
      // The SDK wants a token in its authInfo; ours ended where the request was authenticated.
      const auth = { clientId: principal, token: '', scopes: [] };
      const { method = 'POST', url = '/mcp', headers } = request;
      const incoming = {
        method,
        url,
        headers,
        auth,
        [Symbol.asyncIterator]: () => request[Symbol.asyncIterator](),
      };
      await handler(incoming, response, body);
    },
    async close() {
      for (const stop of silence) stop();
      await Promise.allSettled([sessions.close(), modern.close()]);
    },
  };
}

function vouched(principal: string | undefined): string {
  if (principal === undefined) throw new Error('a request reached MCP without a principal');
  return principal;
}
