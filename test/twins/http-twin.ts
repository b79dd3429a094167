import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived; `path` is the raw target without its query. */
export interface TwinRequest {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes of the body. */
  readonly text: string;
  readonly json: unknown;
}

export interface TwinAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
}

/** What the real server would not know: recorded, so that the test fails, and answered with 400. */
export class Strange extends Error {}

/** What every strict HTTP twin has. */
export interface HttpTwin {
  readonly url: string;
  readonly port: number;
  /** Requests with something that the published API does not know; a test expects none. */
  readonly violations: readonly string[];
  readonly requests: readonly TwinRequest[];
  forget(): void;
  /** Answers every request with a status and a text, without a look at it. */
  breakWith(status: number | undefined, text?: string): void;
  /** Answers the next request that writes with a status, without a look at it. */
  failNextWrite(status: number): void;
  /** Acts on the next request that writes, and hangs up instead of answering it. */
  loseNextAnswer(): void;
  /** Lets somebody else act: runs once, before the next request that writes is looked at. */
  meanwhile(act: () => void): void;
  close(): Promise<void>;
}

/** What `fetch` of Node sends by itself. */
const OF_FETCH = 'host connection accept accept-language sec-fetch-mode accept-encoding user-agent'.split(
  ' ',
);
const OF_BODY = ['content-type', 'content-length'];

/** Starts a twin on a free loopback port. `headers` are those that its API knows beside HTTP's own. */
export async function startHttpTwin(
  headers: readonly string[],
  answer: (request: TwinRequest) => TwinAnswer,
): Promise<HttpTwin> {
  const violations: string[] = [];
  const requests: TwinRequest[] = [];
  const known = new Set([...OF_FETCH, ...OF_BODY, ...headers]);
  let broken: TwinAnswer | undefined;
  let loses = false;
  let failing: number | undefined;
  let act: (() => void) | undefined;

  const respond = (request: TwinRequest): TwinAnswer => {
    const unknown = Object.keys(request.headers).filter((name) => !known.has(name));
    if (unknown.length > 0) throw new Strange(`header ${unknown.join()}`);
    if (broken) return broken;
    if (request.method !== 'GET') {
      const then = act;
      act = undefined;
      then?.();
      const status = failing;
      failing = undefined;
      if (status !== undefined) return { status, text: '' };
    }
    return answer(request);
  };
  const server = createServer(async (incoming, response) => {
    const request = await read(incoming);
    requests.push(request);
    let found: TwinAnswer;
    try {
      found = respond(request);
    } catch (error) {
      violations.push(
        `${request.method} ${incoming.url}: ${error instanceof Strange ? error.message : error}`,
      );
      found = { status: 400, json: { message: 'strange' } };
    }
    if (loses && request.method !== 'GET') {
      loses = false;
      response.destroy();
      return;
    }
    const isJson = found.json !== undefined;
    response.writeHead(found.status, { 'content-type': isJson ? 'application/json' : 'text/plain' });
    response.end(isJson ? JSON.stringify(found.json) : found.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    violations,
    requests,
    forget: () => void requests.splice(0),
    breakWith: (status, text = '') => {
      broken = status === undefined ? undefined : { status, text };
    },
    failNextWrite: (status) => {
      failing = status;
    },
    loseNextAnswer: () => {
      loses = true;
    },
    meanwhile: (then) => {
      act = then;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read(incoming: IncomingMessage): Promise<TwinRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  // The raw target: a parser would resolve what climbs.
  const [path = '', search = ''] = (incoming.url ?? '').split('?');
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  );
  return {
    method: incoming.method ?? '',
    path,
    query: [...new URLSearchParams(search)],
    headers,
    text,
    json: text === '' ? undefined : parse(text),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields of a JSON object, which may have just these. Throws {@link Strange}. */
export function fieldsOf(value: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Strange('no JSON object');
  const unknown = Object.keys(value).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Strange(`unknown field ${unknown.join()}`);
  return { ...value };
}

/** The values of query parameters, which may be just these. Throws {@link Strange}. */
export function queryOf({ query }: TwinRequest, known: readonly string[]): (name: string) => string[] {
  const unknown = query.filter(([name]) => !known.includes(name));
  if (unknown.length > 0) throw new Strange(`unknown parameter ${unknown.map(([name]) => name).join()}`);
  return (name) => query.filter(([one]) => one === name).map(([, value]) => value);
}

/** A field as text of at most so many characters. Throws {@link Strange}. */
export function textOf(value: unknown, most: number): string {
  if (typeof value !== 'string' || value === '' || value.length > most)
    throw new Strange(`a text of 1 to ${most} characters is expected`);
  return value;
}
