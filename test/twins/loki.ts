import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HeldStream } from './logql-evaluator.ts';
import { LogqlError } from './logql-lexer.ts';
import { LogqlParser } from './logql-parser.ts';
import type { Matcher } from './logql-stages.ts';
import { ENDPOINTS, type Endpoint, type Lists, type Read, Refusal, valuesOf } from './loki-endpoints.ts';
import { INGEST_LIMITS, type IngestLimits, ingest } from './loki-push.ts';

/**
 * TWIN of Loki's HTTP API, as of Loki 3.x, over streams that it holds in memory: its reading part, and pushes in
 * JSON. It reads and evaluates LogQL by a lexer, a parser and an evaluator of its own. Addresses (`ip`), `pattern`, `unpack` and
 * `decolorize` are understood and change nothing; of templates it fills in labels alone.
 *
 * A path, method, parameter or header that it does not know is a violation, which fails the test.
 *
 * @see https://grafana.com/docs/loki/latest/reference/loki-http-api/
 * @see https://grafana.com/docs/loki/latest/query/
 */
export interface LokiTwin {
  readonly url: string;
  readonly port: number;
  readonly violations: readonly string[];
  readonly requests: readonly TwinRequest[];
  /** Every selector that it has read since the last `forget`, whatever it came in. */
  readonly selectors: readonly (readonly Matcher[])[];
  readonly streams: HeldStream[];
  readonly behaviour: Behaviour;
  forget(): void;
  close(): Promise<void>;
}

export interface TwinRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  /** Of a push. */
  readonly json?: string;
}

/** What a test may change. */
export interface Behaviour extends Lists {
  /** Answers every request in its place. */
  instead: ((response: ServerResponse) => void) | undefined;
  readonly ingest: IngestLimits;
  /** Answers a push that was taken, in place of a 204. */
  taken: ((response: ServerResponse) => void) | undefined;
}

export interface TwinOptions {
  readonly streams: HeldStream[];
  /** What a proxy before it asks for in `authorization`; nothing if absent. */
  readonly authorization?: string;
  /** With `auth_enabled`, the one tenant that it knows; without it the header is not looked at. */
  readonly tenant?: string;
}

const HEADERS = new Set(
  'host connection accept accept-encoding accept-language sec-fetch-mode user-agent authorization x-scope-orgid content-type content-length'.split(
    ' ',
  ),
);

/** Starts one on a free loopback port. */
export async function startLokiTwin({ streams, authorization, tenant }: TwinOptions): Promise<LokiTwin> {
  const violations: string[] = [];
  const requests: TwinRequest[] = [];
  const selectors: (readonly Matcher[])[] = [];
  const behaviour: Behaviour = {
    ignoresSelectors: false,
    hasPatterns: true,
    instead: undefined,
    taken: undefined,
    ingest: { ...INGEST_LIMITS },
  };
  const read: Read = (query) => {
    const understood = new LogqlParser(query ?? '').parse();
    selectors.push(...understood.selectors);
    return understood;
  };

  function handle(request: TwinRequest): unknown {
    const strange = Object.keys(request.headers).filter((name) => !HEADERS.has(name));
    if (strange.length > 0) throw new Refusal(400, `header ${strange.join()}`, true);
    if (authorization !== undefined && request.headers.authorization !== authorization) {
      throw new Refusal(401, '<html>401 Authorization Required</html>');
    }
    if (tenant !== undefined && request.headers['x-scope-orgid'] !== tenant)
      throw new Refusal(401, 'no org id');
    if (request.json !== undefined) return ingest(request.json, streams, behaviour.ingest);
    const endpoint = endpointOf(request);
    const unknown = Object.keys(request.params).filter((name) => !endpoint.params.includes(name));
    if (unknown.length > 0) throw new Refusal(400, `parameter ${unknown.join()}`, true);
    return endpoint.answer(request.params, { streams, behaviour, read });
  }

  const server = createServer(async (incoming, response) => {
    try {
      const request = await receive(incoming);
      requests.push(request);
      if (behaviour.instead) return behaviour.instead(response);
      const answer = JSON.stringify(handle(request));
      if (answer === undefined) return behaviour.taken?.(response) ?? response.writeHead(204).end();
      response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' }).end(answer);
    } catch (error) {
      const { status, isViolation } =
        error instanceof Refusal
          ? error
          : { status: error instanceof LogqlError ? 400 : 500, isViolation: !(error instanceof LogqlError) };
      const message = error instanceof Error ? error.message : String(error);
      if (isViolation) violations.push(`${incoming.method} ${incoming.url}: ${message}`);
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(message);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    violations,
    requests,
    selectors,
    streams,
    behaviour,
    forget() {
      requests.splice(0);
      selectors.splice(0);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function endpointOf({ method, path }: TwinRequest): Endpoint {
  if (method !== 'GET' && method !== 'POST') throw new Refusal(405, `method ${method}`, true);
  const below = /^\/loki\/api\/v1\/(.+)$/.exec(path)?.[1] ?? '';
  const label = /^label\/([a-zA-Z_]\w*)\/values$/.exec(below)?.[1];
  const endpoint = label === undefined ? ENDPOINTS[below] : valuesOf(label);
  if (!endpoint) throw new Refusal(404, '404 page not found', true);
  return endpoint;
}

async function receive(incoming: IncomingMessage): Promise<TwinRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  // The raw target: a parser would resolve what climbs.
  const [path = '', search = ''] = (incoming.url ?? '').split('?');
  const type = incoming.headers['content-type'];
  if (path === '/loki/api/v1/push') return pushOf(incoming, path, Buffer.concat(chunks).toString());
  if (incoming.method === 'POST' && !type?.startsWith('application/x-www-form-urlencoded')) {
    throw new Refusal(400, `content type ${type}`, true);
  }
  const pairs = [...new URLSearchParams(search), ...new URLSearchParams(Buffer.concat(chunks).toString())];
  const params = Object.fromEntries(pairs);
  if (Object.keys(params).length !== pairs.length) throw new Refusal(400, 'a parameter twice', true);
  return { method: incoming.method ?? '', path, params, headers: incoming.headers };
}

/** The default body is a protocol buffer, which this twin does not read. */
function pushOf({ method, headers }: IncomingMessage, path: string, json: string): TwinRequest {
  if (method !== 'POST') throw new Refusal(405, `method ${method}`, true);
  if (headers['content-type'] !== 'application/json')
    throw new Refusal(400, `content type ${headers['content-type']}`, true);
  return { method, path, params: {}, headers, json };
}
