import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import {
  type EventStore,
  isInitializeRequest,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';

/** Sessions of protocol revision 2025-11-25, each bound to the principal that opened it. */
export interface Sessions {
  /** Serves one request. `response` only tells when the exchange is over. */
  serve(request: Request, body: unknown, principal: string, response: ServerResponse): Promise<Response>;
  servers(): Iterable<Server>;
  count(): number;
  close(): Promise<void>;
}

interface Session {
  readonly principal: string;
  readonly server: Server;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  /** Exchanges that are going on, a listening stream included. */
  open: number;
  lastUsed: number;
}

export interface SessionSettings {
  serverFor(principal: string): Server;
  /** A session without any exchange for this long is closed. */
  readonly idleMs: number;
  readonly limit: number;
  readonly resumable?: Resumable;
}

/** Lets clients come back to a stream that broke off. */
export interface Resumable {
  /** A store for one session's events. */
  openEvents(): EventStore;
  /** How long a client waits before it comes back. */
  readonly retryMs: number;
}

/** How often idle sessions are looked for. */
const SWEEP_MS = 30_000;

export function openSessions(settings: SessionSettings): Sessions {
  const sessions = new Map<string, Session>();
  const drop = (id: string) => {
    const session = sessions.get(id);
    sessions.delete(id);
    return session?.server.close();
  };
  const sweep = setInterval(() => {
    const before = Date.now() - settings.idleMs;
    for (const [id, session] of sessions) if (session.open === 0 && session.lastUsed < before) void drop(id);
  }, SWEEP_MS).unref();

  /** Makes room by closing the caller's own longest idle session; never another principal's. */
  const hasRoom = (principal: string): boolean => {
    if (sessions.size < settings.limit) return true;
    const idle = [...sessions].filter(([, one]) => one.principal === principal && one.open === 0);
    const [oldest] = idle.sort(([, a], [, b]) => a.lastUsed - b.lastUsed);
    if (!oldest) return false;
    void drop(oldest[0]);
    return true;
  };

  const open = async (principal: string): Promise<Session> => {
    const server = settings.serverFor(principal);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        sessions.set(id, session);
      },
      onsessionclosed: (id) => {
        sessions.delete(id);
      },
      ...(settings.resumable
        ? { eventStore: settings.resumable.openEvents(), retryInterval: settings.resumable.retryMs }
        : {}),
    });
    const session: Session = { principal, server, transport, open: 0, lastUsed: Date.now() };
    await server.connect(transport);
    return session;
  };

  return {
    count: () => sessions.size,
    servers: () => [...sessions.values()].map(({ server }) => server),
    async serve(request, body, principal, response) {
      const id = request.headers.get('mcp-session-id');
      if (id === null) {
        if (!isInitializeRequest(body)) return rpcError(400, 'name a session, or begin one with initialize');
        if (!hasRoom(principal))
          return rpcError(503, `${settings.limit} sessions are open; close one, or try later`);
        const session = await open(principal);
        const answer = await exchange(session, request, body, response);
        if (session.transport.sessionId === undefined) await session.server.close();
        return answer;
      }
      const session = sessions.get(id);
      // To anybody but its own principal a session does not exist: its id alone opens nothing.
      if (!session || session.principal !== principal) return rpcError(404, 'there is no such session');
      const mismatch = headerMismatch(request, body);
      if (mismatch) return rpcError(400, mismatch, -32_020);
      return exchange(session, request, body, response);
    },
    async close() {
      clearInterval(sweep);
      await Promise.allSettled([...sessions.keys()].map(drop));
    },
  };
}

async function exchange(session: Session, request: Request, body: unknown, response: ServerResponse) {
  session.open += 1;
  session.lastUsed = Date.now();
  response.once('close', () => {
    session.open -= 1;
    session.lastUsed = Date.now();
  });
  return session.transport.handleRequest(request, body === undefined ? {} : { parsedBody: body });
}

/** What an intermediary reads in the headers must be what the body does. Clients of this revision may leave them out. */
function headerMismatch({ headers }: Request, body: unknown): string | undefined {
  const { method, params } = (body ?? {}) as { method?: unknown; params?: { name?: unknown; uri?: unknown } };
  const saidMethod = headers.get('mcp-method');
  if (saidMethod !== null && saidMethod !== method) return 'Mcp-Method does not name the method of the body';
  const saidName = headers.get('mcp-name');
  if (saidName !== null && saidName !== (params?.name ?? params?.uri))
    return 'Mcp-Name does not name what the body names';
  return undefined;
}

const rpcError = (status: number, message: string, code = -32_000): Response =>
  Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
