import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CODES, handle, Refusal, type TwinRequest, violation } from './argocd-routes.ts';
import { ArgoState } from './argocd-state.ts';

export type { TwinRequest } from './argocd-routes.ts';

/**
 * TWIN: a strict stand-in for the part of the REST API of Argo CD 2.10 that the tools use.
 *
 * It follows `assets/swagger.json` and `server/application/application.go` of that version: paths, parameters and
 * body fields; errors in the form of grpc-gateway (`{error, code, message}`); operations that the controller takes
 * up and ends between two reads; `project` and `appNamespace` checked as `getAppEnforceRBAC` does. A path,
 * parameter, header, field or method that it does not know is a violation, which a test asserts on.
 *
 * - https://github.com/argoproj/argo-cd/blob/v2.10.0/assets/swagger.json
 * - https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/
 */
export interface ArgoTwin {
  readonly url: string;
  readonly port: number;
  readonly state: ArgoState;
  readonly violations: readonly string[];
  readonly requests: readonly TwinRequest[];
  /** Requests that were not plain reads: everything but GET, and a GET that refreshes. */
  writes(): readonly TwinRequest[];
  /** Events by the uid of their object. */
  readonly events: Map<string, Record<string, unknown>[]>;
  /** Lines of a pod's log, as the API streams them. */
  readonly logs: Map<string, string>;
  readonly projects: Map<string, Record<string, unknown>>;
  forget(): void;
  /** Runs once, before the next request that matches is looked at. */
  before(match: (request: TwinRequest) => boolean, act: () => void): void;
  /** Changes what is answered, as a lying server would. */
  lie(change: ((request: TwinRequest, answer: unknown) => unknown) | undefined): void;
  /** Answers every request with a status, or not at all. */
  breakWith(how: number | 'silence' | undefined): void;
  /** Takes the next request that matches on, and breaks the connection instead of answering. */
  loseAnswer(match: (request: TwinRequest) => boolean): void;
  /** Closes the sync window of every project. */
  closeWindow(isClosed: boolean): void;
  /** Takes rights from the account, such as `sync` and `update`. */
  deny(...actions: string[]): void;
  close(): Promise<void>;
}
export const TOKEN = 'twin-token-5f1c';
const HEADERS = new Set(
  'host connection accept authorization content-type content-length accept-language sec-fetch-mode user-agent accept-encoding'.split(
    ' ',
  ),
);

/** Starts one on a free loopback port. */
export async function startArgoTwin(): Promise<ArgoTwin> {
  const state = new ArgoState();
  const violations: string[] = [];
  const requests: TwinRequest[] = [];
  const events: ArgoTwin['events'] = new Map();
  const logs: ArgoTwin['logs'] = new Map();
  const projects: ArgoTwin['projects'] = new Map();
  let acts: { match(request: TwinRequest): boolean; act(): void }[] = [];
  let lying: ((request: TwinRequest, answer: unknown) => unknown) | undefined;
  let broken: number | 'silence' | undefined;
  let losing: ((request: TwinRequest) => boolean) | undefined;
  let isWindowClosed = false;
  let denied: ReadonlySet<string> = new Set();
  const deps = () => ({ state, events, logs, projects, isWindowClosed, denied });

  const server = createServer(async (incoming, response) => {
    try {
      const request = await read(incoming);
      requests.push(request);
      check(incoming);
      if (broken === 'silence') return;
      if (broken !== undefined) return void response.writeHead(broken).end('broken by the test');
      const due = acts.filter(({ match }) => match(request));
      acts = acts.filter((one) => !due.includes(one));
      for (const { act } of due) act();
      const answer = handle(request, deps());
      if (losing?.(request)) {
        losing = undefined;
        incoming.socket.destroy();
        return;
      }
      reply(response, 200, lying ? lying(request, answer) : answer);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : violation(String(error));
      if (refusal.isViolation) violations.push(`${incoming.method} ${incoming.url}: ${refusal.message}`);
      const { code, message } = refusal;
      reply(response, CODES[code], { error: message, code, message });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    state,
    violations,
    requests,
    writes: () =>
      requests.filter(({ method, query }) => method !== 'GET' || query.some(([name]) => name === 'refresh')),
    events,
    logs,
    projects,
    forget: () => void requests.splice(0),
    before: (match, act) => void acts.push({ match, act }),
    lie: (change) => {
      lying = change;
    },
    breakWith: (how) => {
      broken = how;
    },
    loseAnswer: (match) => {
      losing = match;
    },
    deny: (...actions) => {
      denied = new Set(actions);
    },
    closeWindow: (isClosed) => {
      isWindowClosed = isClosed;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function reply(response: ServerResponse, status: number, answer: unknown): void {
  const isText = typeof answer === 'string';
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(isText ? answer : JSON.stringify(answer));
}

async function read(incoming: IncomingMessage): Promise<TwinRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  // The raw target: a parser would resolve what climbs.
  const [path = '', search = ''] = (incoming.url ?? '').split('?');
  return {
    method: incoming.method ?? '',
    path,
    query: [...new URLSearchParams(search)],
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function check({ headers, method }: IncomingMessage): void {
  const strange = Object.keys(headers).filter((name) => !HEADERS.has(name));
  if (strange.length > 0) throw violation(`header ${strange.join()}`);
  if (headers.authorization === undefined) throw new Refusal(16, 'no session information');
  if (headers.authorization !== `Bearer ${TOKEN}`)
    throw new Refusal(16, 'invalid session: signature is invalid');
  // The server takes JSON alone, against forged requests out of browsers.
  if (method !== 'GET' && headers['content-type'] !== 'application/json')
    throw violation(`content-type ${headers['content-type']}`);
}
