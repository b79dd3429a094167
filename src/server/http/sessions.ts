import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type EventStore, isInitializeRequest, type Server } from '@modelcontextprotocol/server';
import type { Credential } from '../auth/credential.ts';
import type { CredentialWatch } from '../auth/watch.ts';
import type { Reading } from '../reading.ts';
import { Exchange } from './exchange.ts';
import { headerMismatch } from './header-mismatch.ts';
import { plainRequestIn } from './plain-request.ts';
import { rpcError } from './rpc-error.ts';
import { SessionTransport } from './session-transport.ts';

/** How revision 2025-11-25 is served: in sessions, or each request by itself. */
export interface LegacyServing {
  /** Serves a request that needs nothing but an answer; false for any other, of which nothing was served then. */
  answer(request: IncomingMessage, body: unknown, credential: Credential, response: ServerResponse): boolean;
  /** Serves one request. `response` only tells when the exchange is over. */
  serve(request: Request, body: unknown, credential: Credential, response: ServerResponse): Promise<Response>;
  /** The servers that live longer than a request. */
  servers(): Iterable<Server>;
  count(): number;
  close(): Promise<void>;
}

interface Session {
  readonly principal: string;
  /** The one that used it last: a client may go on with a newer token of the same principal. */
  credential: Credential;
  unwatch(): void;
  readonly server: Server;
  readonly reading: Reading | undefined;
  readonly transport: SessionTransport;
  /** Exchanges that are going on, a listening stream included. */
  open: number;
  lastUsed: number;
}

export interface SessionSettings {
  serverFor(principal: string): Server;
  /** How a principal's plain reading is answered; undefined where the server has to hear of it. */
  readingFor(principal: string): Reading | undefined;
  /** A session without any exchange for this long is closed. */
  readonly idleMs: number;
  readonly limit: number;
  readonly watch: CredentialWatch;
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
/** How often a request that waits for its answer is told so. Below what proxies take for a dead connection. */
const BEAT_MS = 15_000;

const TAKEN = 'a request with this id waits for its answer';

/** Sessions, each bound to the principal that opened it, and ended with its credential. */
export function openSessions(settings: SessionSettings): LegacyServing {
  const sessions = new Map<string, Session>();
  const drop = (id: string) => {
    const session = sessions.get(id);
    sessions.delete(id);
    session?.unwatch();
    return session?.server.close();
  };
  const sweep = setInterval(() => {
    const before = Date.now() - settings.idleMs;
    for (const [id, session] of sessions) if (session.open === 0 && session.lastUsed < before) void drop(id);
  }, SWEEP_MS).unref();
  const beat = setInterval(() => {
    for (const { transport } of sessions.values()) transport.beat();
  }, BEAT_MS).unref();

  /** Makes room by closing the caller's own longest idle session; never another principal's. */
  const hasRoom = (principal: string): boolean => {
    if (sessions.size < settings.limit) return true;
    const idle = [...sessions].filter(([, one]) => one.principal === principal && one.open === 0);
    const [oldest] = idle.sort(([, a], [, b]) => a.lastUsed - b.lastUsed);
    if (!oldest) return false;
    void drop(oldest[0]);
    return true;
  };

  const watch = (id: string, session: Session) =>
    settings.watch.add({
      credential: () => session.credential,
      needs: 'unrevoked',
      // What runs ends by itself and is on record; nobody can begin anything more.
      end: () => session.open === 0 && void drop(id),
    });

  const open = async (credential: Credential): Promise<Session> => {
    const { principal } = credential;
    const server = settings.serverFor(principal);
    const transport = new SessionTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        sessions.set(id, session);
        session.unwatch = watch(id, session);
      },
      onsessionclosed: (id) => {
        sessions.delete(id);
        session.unwatch();
      },
      ...(settings.resumable
        ? { eventStore: settings.resumable.openEvents(), retryInterval: settings.resumable.retryMs }
        : {}),
    });
    const session: Session = {
      principal,
      credential,
      server,
      reading: settings.readingFor(principal),
      transport,
      open: 0,
      lastUsed: Date.now(),
      unwatch: () => {},
    };
    await server.connect(transport);
    return session;
  };

  return {
    count: () => sessions.size,
    servers: () => [...sessions.values()].map(({ server }) => server),
    answer({ headers }, body, credential, response) {
      // A client that may come back to its streams has them all kept, and the SDK keeps them.
      if (settings.resumable) return false;
      const id = headers['mcp-session-id'];
      const session = typeof id === 'string' ? sessions.get(id) : undefined;
      if (!session || session.principal !== credential.principal) return false;
      const plain = plainRequestIn(headers, body);
      if (!plain || session.transport.isTaken(plain)) return false;
      session.credential = credential;
      begin(session, response);
      const exchange = new Exchange(response, { 'mcp-session-id': String(id) });
      session.transport.serve(plain, exchange, session.reading);
      return true;
    },
    async serve(request, body, credential, response) {
      const { principal } = credential;
      const id = request.headers.get('mcp-session-id');
      if (id === null) {
        if (!isInitializeRequest(body)) return rpcError(400, 'name a session, or begin one with initialize');
        if (!hasRoom(principal))
          return rpcError(503, `${settings.limit} sessions are open; close one, or try later`);
        const session = await open(credential);
        const answer = await exchange(session, request, body, response);
        if (session.transport.sessionId === undefined) await session.server.close();
        return answer;
      }
      const session = sessions.get(id);
      // To anybody but its own principal a session does not exist: its id alone opens nothing.
      if (!session || session.principal !== principal) return rpcError(404, 'there is no such session');
      const mismatch = headerMismatch((name) => request.headers.get(name) ?? undefined, body);
      if (mismatch) return rpcError(400, mismatch, -32_020);
      if (session.transport.isTaken(body)) return rpcError(400, TAKEN, -32_600);
      session.credential = credential;
      return exchange(session, request, body, response);
    },
    async close() {
      clearInterval(sweep);
      clearInterval(beat);
      await Promise.allSettled([...sessions.keys()].map(drop));
    },
  };
}

/** Counts an exchange of a session until it is over. */
function begin(session: Session, response: ServerResponse): void {
  session.open += 1;
  session.lastUsed = Date.now();
  response.once('close', () => {
    session.open -= 1;
    session.lastUsed = Date.now();
  });
}

async function exchange(session: Session, request: Request, body: unknown, response: ServerResponse) {
  begin(session, response);
  const answer = await session.transport.handleRequest(request, body);
  return request.method === 'GET' ? openedAtOnce(answer) : answer;
}

/** A stream on which nothing happens yet would not even send its headers, and its client would wait to be told that it is open. */
function openedAtOnce(answer: Response): Response {
  if (!answer.body || answer.headers.get('content-type') !== 'text/event-stream') return answer;
  const opened = new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(': open\n\n')),
  });
  return new Response(answer.body.pipeThrough(opened), answer);
}
