import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import type { Stackward } from '../../stackward.ts';
import { announceSwaps } from '../announce.ts';
import type { Credential } from '../auth/credential.ts';
import type { CredentialWatch } from '../auth/watch.ts';
import type { Logger } from '../logger.ts';
import { mcpServerFor, type ServerExtension } from '../mcp-server.ts';
import { openReading } from '../reading.ts';
import type { Tracing } from '../traced.ts';
import { answerModernRead } from './modern-read.ts';
import { openSessions, type Resumable } from './sessions.ts';
import { openStateless } from './stateless.ts';

/** `/mcp`: revision 2026-07-28 without sessions, 2025-11-25 with them unless it is told to do without. */
export interface McpEndpoint {
  /** @param body the parsed JSON of a POST; undefined for GET and DELETE */
  serve(
    request: IncomingMessage,
    response: ServerResponse,
    body: unknown,
    credential: Credential,
  ): Promise<void>;
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
  /** No sessions for revision 2025-11-25 either, so that any replica can take any request. */
  readonly stateless?: boolean;
  readonly watch: CredentialWatch;
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
  // What a deployment adds may answer any call itself, or talk with the client on the way.
  const readingFor = (principal: string) =>
    extension ? undefined : openReading(stackward, { principal, ...(tracing ? { tracing } : {}) });
  const legacy = settings.stateless
    ? openStateless({ serverFor })
    : openSessions({
        serverFor,
        readingFor,
        limit: settings.sessionLimit,
        idleMs: settings.sessionIdleMs,
        watch: settings.watch,
        ...(settings.resumable ? { resumable: settings.resumable } : {}),
      });
  const modern = createMcpHandler(({ authInfo }) => serverFor(vouched(authInfo?.clientId)), {
    legacy: 'reject',
    onerror,
  });
  const silence = [
    announceSwaps(stackward, legacy.servers),
    stackward.catalogs.onSwap(() => {
      modern.notify.toolsChanged();
      modern.notify.resourcesChanged();
    }),
  ];

  return {
    sessions: legacy.count,
    async serve(request, response, body, credential) {
      if (request.method === 'POST') {
        if (legacy.answer(request, body, credential, response)) return;
        const reading = readingFor(credential.principal);
        if (reading && answerModernRead(request, body, response, reading, onerror)) return;
      }
      const handler = toNodeHandler(
        {
          fetch: async (webRequest, options) =>
            (await isLegacyRequest(webRequest, body))
              ? legacy.serve(webRequest, body, credential, response)
              : modern.fetch(webRequest, options),
        },
        { onerror },
      );
      // The SDK wants a token in its authInfo; ours ended where the request was authenticated.
      const auth = { clientId: credential.principal, token: '', scopes: [] };
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
      await Promise.allSettled([legacy.close(), modern.close()]);
    },
  };
}

function vouched(principal: string | undefined): string {
  if (principal === undefined) throw new Error('a request reached MCP without a principal');
  return principal;
}
