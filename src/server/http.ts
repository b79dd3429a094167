import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stackward } from '../stackward.ts';
import type { TokenStore } from '../store/tokens.ts';
import { tokensOf } from '../store/tokens-of.ts';
import { type Authenticator, openAuthenticator } from './auth/authenticator.ts';
import type { Credential } from './auth/credential.ts';
import type { OidcSettings } from './auth/oidc.ts';
import type { ResourceMetadata } from './auth/resource-metadata.ts';
import { type CredentialWatch, openCredentialWatch } from './auth/watch.ts';
import type { Console } from './console/console.ts';
import { BodyError, readJsonBody } from './http/body.ts';
import { authenticateRequest, checkOrigin, hostNamesFor, type TurnedAway } from './http/guard.ts';
import { answerHealth, answerReadiness } from './http/health.ts';
import { answerAlerts, answerEvents, type IncidentDesk } from './http/incidents.ts';
import { isLoopback } from './http/loopback.ts';
import { type McpEndpoint, openMcpEndpoint } from './http/mcp-endpoint.ts';
import { answerMetadataQuery } from './http/metadata-query.ts';
import { replyError, replyJson, replyRpcError } from './http/reply.ts';
import type { Resumable } from './http/sessions.ts';
import { type InFlight, openInFlight } from './in-flight.ts';
import type { Logger } from './logger.ts';
import type { ServerExtension } from './mcp-server.ts';
import type { Metrics } from './metrics.ts';
import type { Tracing } from './traced.ts';

export interface HttpOptions {
  /** Address to bind; off loopback there must be tokens. */
  readonly host?: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Where the tokens lie; the data directory unless given. */
  readonly tokens?: TokenStore;
  /** Takes access tokens of this issuer, too; every request then needs a token. */
  readonly oidc?: OidcSettings;
  /** Serves revision 2025-11-25 without sessions. */
  readonly stateless?: boolean;
  /** Who a request is where no token is needed; absent means the stack's own client. */
  readonly principal?: string;
  /** Whoever reaches the console without a token may decide there too; only where no token is needed. */
  readonly localOperator?: boolean;
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly logger?: Logger;
  /** Serves `/metrics` when given. */
  readonly metrics?: Metrics;
  readonly extension?: ServerExtension;
  /** Traces what MCP clients ask. */
  readonly tracing?: Tracing;
  /** Serves `/alerts` and `/events` when given. */
  readonly incidents?: IncidentDesk;
  readonly resumable?: Resumable;
  readonly limits?: Partial<HttpLimits>;
}

export interface HttpLimits {
  readonly bodyBytes: number;
  /** POST requests that are answered at once; more get 503. */
  readonly inFlight: number;
  readonly sessions: number;
  readonly sessionIdleMs: number;
  /** How long `close` waits for requests in flight. */
  readonly drainMs: number;
}

const LIMITS: HttpLimits = {
  bodyBytes: 1024 * 1024,
  inFlight: 1024,
  sessions: 1024,
  sessionIdleMs: 30 * 60_000,
  drainMs: 10_000,
};

export interface HttpServing {
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, lets those in flight end, and closes every session. */
  close(): Promise<void>;
}

/** What the routes share. */
interface Desk {
  readonly stackward: Stackward;
  readonly options: HttpOptions;
  readonly limits: HttpLimits;
  readonly authenticator: Authenticator;
  readonly watch: CredentialWatch;
  readonly names: { hosts: string[]; origins: string[] };
  readonly mcp: McpEndpoint;
  /** Opened by the first request for it. */
  console: Promise<Console> | undefined;
  readonly inFlight: InFlight;
  isDraining: boolean;
}

/**
 * Serves `/mcp`, `/metadata/q`, `/console`, `/metrics`, `/healthz` and `/readyz`.
 * Rejects when the address is not loopback and no tokens exist, or when it cannot be bound.
 */
export async function serveHttp(stackward: Stackward, options: HttpOptions): Promise<HttpServing> {
  const { host = '127.0.0.1', allowedHosts = [], allowedOrigins = [] } = options;
  const authenticator = openAuthenticator(options.tokens ?? tokensOf(stackward), {
    ...(options.oidc ? { oidc: options.oidc } : {}),
    graph: stackward.catalogs.graph,
    onProblem: (message) => options.logger?.error(message),
  });
  if (!isLoopback(host) && (await authenticator.isRequired()) !== true)
    throw new Error(
      `serving on ${host} would let the whole network in: make a token first (stackward token create), or serve on 127.0.0.1`,
    );
  const limits = { ...LIMITS, ...options.limits };
  const watch = openCredentialWatch();
  // The operator says under which name clients know this server: what their tokens are made for.
  const ownName = options.oidc ? [new URL(options.oidc.audience).hostname] : [];
  const hosts = hostNamesFor(host, [...allowedHosts, ...ownName]);
  const desk: Desk = {
    stackward,
    options,
    limits,
    authenticator,
    watch,
    names: { hosts, origins: [...hosts, ...allowedOrigins] },
    mcp: openMcpEndpoint(stackward, {
      ...options,
      sessionLimit: limits.sessions,
      sessionIdleMs: limits.sessionIdleMs,
      watch,
    }),
    console: undefined,
    inFlight: openInFlight(limits.inFlight),
    isDraining: false,
  };
  options.metrics?.observe(stackward);
  options.metrics?.observeSessions(desk.mcp.sessions);
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 65_000, maxHeaderSize: 16 * 1024 },
    (request, response) => void answer(desk, request, response),
  );
  await listen(server, host, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: () => drain(desk, server),
  };
}

/** Connections that may wait to be accepted; past it the system drops some, and clients wait seconds to try again. */
const BACKLOG = 4096;

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });

async function drain(desk: Desk, server: Server): Promise<void> {
  desk.isDraining = true;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, desk.limits.drainMs);
  });
  await Promise.race([desk.inFlight.idle(), tooLate]);
  clearTimeout(timer);
  desk.watch.close();
  await Promise.all([desk.mcp.close(), desk.console?.then((opened) => opened.close())]);
  server.closeAllConnections();
  await closed;
}

async function answer(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await route(desk, request, response);
  } catch (error) {
    if (error instanceof BodyError) {
      desk.options.metrics?.refuseRequest('body');
      replyRpcError(response, error.status, error.message, {
        code: -32_700,
        headers: { connection: 'close' },
      });
      return;
    }
    desk.options.logger?.error({ error: error instanceof Error ? error.message : 'unknown' }, 'http');
    if (response.headersSent) response.destroy();
    else replyError(response, 500, 'internal', 'the request could not be answered');
  }
}

async function route(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const turned = checkOrigin(request, desk.names);
  if (turned) return turnAway(desk, response, turned);
  const path = request.url?.split('?')[0];
  if (path === '/healthz') return answerHealth(response);
  if (path === '/readyz')
    return answerReadiness(desk.stackward, response, {
      isDraining: desk.isDraining,
      closed: await desk.authenticator.closed(),
    });
  if (request.method === 'GET' && path !== undefined && desk.authenticator.metadata?.isAt(path))
    return answerMetadata(response, desk.authenticator.metadata);
  if (path === '/console' || path?.startsWith('/console/')) {
    desk.console ??= openConsoleOf(desk);
    return (await desk.console).serve(request, response);
  }

  const caller = await authenticateRequest(request, desk.authenticator, desk.options.principal);
  if ('status' in caller) return turnAway(desk, response, caller);
  switch (`${request.method} ${path}`) {
    case 'GET /mcp':
      endWith(desk, caller, response);
      return desk.mcp.serve(request, response, undefined, caller);
    case 'DELETE /mcp':
      return desk.mcp.serve(request, response, undefined, caller);
    case 'POST /mcp':
      return withinLimits(desk, request, response, (body, leave) => {
        // A subscription stays open for as long as its client listens; it has a bound of its own.
        if (methodOf(body) === 'subscriptions/listen') {
          leave();
          endWith(desk, caller, response);
        }
        if (Array.isArray(body) && body.length > MOST_IN_BATCH) return tooMany(desk, response);
        return desk.mcp.serve(request, response, body, caller);
      });
    case 'POST /metadata/q':
      return withinLimits(desk, request, response, (body) =>
        answerMetadataQuery(desk.stackward, response, body, caller.principal),
      );
    case 'POST /alerts':
      return withinLimits(desk, request, response, (body) =>
        answerAlerts(desk.options.incidents, response, body),
      );
    case 'GET /events':
      endWith(desk, caller, response);
      return answerEvents(desk.options.incidents, request, response, caller.principal);
    case 'GET /metrics':
      return answerMetrics(desk, response);
    default:
      return replyError(response, 404, 'not_found', `there is no ${request.method} ${path} here`);
  }
}

/** Loaded when somebody opens it: a server that nobody looks at costs nothing more. */
async function openConsoleOf({ stackward, options, authenticator }: Desk): Promise<Console> {
  const { openConsole } = await import('./console/console.ts');
  const { principal, localOperator, metrics, logger, incidents } = options;
  return openConsole(stackward, {
    tokens: authenticator,
    onProblem: (message) => logger?.error({ error: stackward.mask.text(message) }, 'console'),
    ...(principal === undefined ? {} : { principal }),
    ...(localOperator === undefined ? {} : { localOperator }),
    ...(metrics ? { metrics } : {}),
    ...(incidents ? { incidents } : {}),
  });
}

/** A batch takes one place, so what it may hold is bounded too. Only revisions before 2025-06-18 know batches. */
const MOST_IN_BATCH = 32;

async function tooMany(desk: Desk, response: ServerResponse): Promise<void> {
  desk.options.metrics?.refuseRequest('batch');
  replyRpcError(response, 400, `a batch holds at most ${MOST_IN_BATCH} messages`, { code: -32_600 });
}

function turnAway(
  desk: Desk,
  response: ServerResponse,
  { status, reason, message, headers }: TurnedAway,
): void {
  desk.options.metrics?.refuseRequest(reason);
  replyRpcError(response, status, message, headers ? { headers } : {});
}

/** A stream that only tells ends with the credential that it was opened with, whatever its client does. */
function endWith({ watch }: Desk, credential: Credential, response: ServerResponse): void {
  const forget = watch.add({ credential: () => credential, needs: 'live', end: () => response.destroy() });
  response.once('close', forget);
}

/** Public on purpose: whoever has no token yet reads here where to get one. */
const answerMetadata = (response: ServerResponse, { document }: ResourceMetadata): void =>
  replyJson(response, 200, document);

async function withinLimits(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  work: (body: unknown, leave: () => void) => Promise<void>,
): Promise<void> {
  const leave = desk.isDraining ? undefined : desk.inFlight.enter();
  if (!leave) {
    desk.options.metrics?.refuseRequest('busy');
    const message = desk.isDraining
      ? 'the server is shutting down'
      : 'too many requests are in flight; try again shortly';
    // Closing with the body unread would reset the connection, and the client might never see the answer.
    request.resume();
    return replyRpcError(response, 503, message, { headers: { 'retry-after': '1' } });
  }
  response.once('close', leave);
  await work(await readJsonBody(request, desk.limits.bodyBytes), leave);
}

async function answerMetrics({ options: { metrics } }: Desk, response: ServerResponse): Promise<void> {
  if (!metrics) return replyError(response, 404, 'not_found', 'this server keeps no metrics');
  const text = await metrics.registry.metrics();
  response.writeHead(200, { 'content-type': metrics.registry.contentType });
  response.end(text);
}

const methodOf = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'method' in body ? body.method : undefined;
