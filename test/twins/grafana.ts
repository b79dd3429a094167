import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { find, listFolders, save, show, showFolder } from './grafana-dashboards.ts';
import {
  type Context,
  type Frames,
  type Groups,
  only,
  Refusal,
  type TwinRequest,
  violation,
} from './grafana-request.ts';
import {
  annotate,
  deleteAnnotation,
  health,
  listAnnotations,
  listSources,
  rules,
  runQueries,
  showAnnotation,
} from './grafana-sources.ts';
import { GrafanaState } from './grafana-state.ts';

/**
 * TWIN of the part of Grafana's HTTP API that the tools use, as versions 11.4 and 12 answer it. A path, query,
 * header, field or method that it does not know is a violation that a test can assert on.
 *
 * - https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/ (412 by `version-mismatch`, moves without `folderUid`)
 * - https://grafana.com/docs/grafana/latest/developers/http_api/annotations/
 * - https://grafana.com/docs/grafana/latest/developers/http_api/folder/ and folder_dashboard_search/
 * - https://grafana.com/docs/grafana/latest/developers/http_api/data_source/ (health, ds/query)
 * - GET /api/prometheus/grafana/api/v1/rules by the OpenAPI description of Grafana's alerting
 */
export interface GrafanaTwin {
  readonly url: string;
  readonly port: number;
  readonly state: GrafanaState;
  readonly violations: readonly string[];
  readonly requests: readonly TwinRequest[];
  /** Requests that are not reads: everything but GET, without the running of queries. */
  writes(): TwinRequest[];
  forget(): void;
  /** How it behaves from now on. */
  mood: Mood;
  frames: Frames;
  close(): Promise<void>;
}
export interface Mood {
  /** Lets somebody else act once, before the next request that is not a GET is looked at. */
  meanwhile?: (() => void) | undefined;
  /** Answers everything so. */
  answer?: { status: number; body: string; headers?: Record<string, string> };
  /** Does what a write asks and then breaks the connection. */
  losesAnswers?: boolean;
  /** Never answers. */
  hangs?: boolean;
  /** A version before 11.4, which knows no `folder_uid` and names no folder of a group. */
  isOld?: boolean;
  /** Names the dashboard of one annotation by its uid. */
  isOf12?: boolean;
}

export const TOKEN = 'glsa_twin_t0ken';
export const USER = { user: 'admin', password: 'twin:pass word' };
const BASIC = `Basic ${Buffer.from(`${USER.user}:${USER.password}`).toString('base64')}`;
const HEADERS = new Set(
  'host connection accept accept-language accept-encoding sec-fetch-mode user-agent authorization content-type content-length x-grafana-org-id'.split(
    ' ',
  ),
);
/** Starts one on a free loopback port. */
export async function startGrafanaTwin(): Promise<GrafanaTwin> {
  const state = new GrafanaState();
  const violations: string[] = [];
  const requests: TwinRequest[] = [];
  const twin: Pick<GrafanaTwin, 'mood' | 'frames'> = { mood: {}, frames: () => [] };

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(incoming);
    requests.push(request);
    const { mood } = twin;
    if (mood.hangs) return;
    if (mood.answer) {
      response.writeHead(mood.answer.status, mood.answer.headers).end(mood.answer.body);
      return;
    }
    if (request.method !== 'GET') {
      const act = mood.meanwhile;
      mood.meanwhile = undefined;
      act?.();
    }
    const version = { isOld: mood.isOld === true, isOf12: mood.isOf12 === true };
    const answer = handle({ state, request, frames: twin.frames, ...version });
    if (mood.losesAnswers && request.method !== 'GET') response.destroy();
    else reply(response, 200, answer);
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      const refusal = error instanceof Refusal ? error : new Refusal(500, String(error), {}, true);
      if (refusal.isViolation) violations.push(`${incoming.method} ${incoming.url}: ${refusal.message}`);
      reply(response, refusal.status, { message: refusal.message, ...refusal.more });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(twin, {
    url: `http://127.0.0.1:${port}`,
    port,
    state,
    violations,
    requests,
    writes: () => requests.filter(({ method, path }) => method !== 'GET' && path !== '/api/ds/query'),
    forget: () => void requests.splice(0),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
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
    headers: incoming.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly query: readonly string[];
  readonly fields?: readonly string[];
  handle(context: Context): unknown;
}

function handle(given: Omit<Context, 'groups'>): unknown {
  const { headers, method, path, query, body } = given.request;
  const strange = Object.keys(headers).filter((name) => !HEADERS.has(name));
  if (strange.length > 0) throw violation(`header ${strange.join()}`);
  if (headers.authorization !== `Bearer ${TOKEN}` && headers.authorization !== BASIC)
    throw new Refusal(401, 'Invalid API key', { messageId: 'api-key.invalid' });
  const organisation = headers['x-grafana-org-id'] ?? '1';
  if (organisation !== '1') throw new Refusal(403, 'You are not in that organisation');
  const route = ROUTES.find((one) => one.method === method && one.path.test(path));
  if (!route) throw new Refusal(404, `unknown ${method} ${path}`, {}, true);
  const unknown = query.filter(([name]) => !route.query.includes(name)).map(([name]) => name);
  if (unknown.length > 0) throw violation(`query ${unknown.join()}`);
  if (route.fields) only(body, route.fields);
  else if (body !== undefined) throw violation('a body');
  if (body !== undefined && headers['content-type'] !== 'application/json')
    throw new Refusal(400, 'bad request data', {}, true);
  const groups: Groups = { ...route.path.exec(path)?.groups };
  return route.handle({ ...given, groups });
}

const UID = '(?<uid>[A-Za-z0-9_-]{1,40})';
const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/api\/search$/,
    query: ['type', 'limit', 'query', 'tag', 'folderUIDs'],
    handle: find,
  },
  { method: 'GET', path: new RegExp(`^/api/dashboards/uid/${UID}$`), query: [], handle: show },
  {
    method: 'POST',
    path: /^\/api\/dashboards\/db$/,
    query: [],
    fields: ['dashboard', 'folderUid', 'message', 'overwrite'],
    handle: save,
  },
  {
    method: 'GET',
    path: /^\/api\/access-control\/user\/permissions$/,
    query: ['reloadcache'],
    handle: showPermissions,
  },
  { method: 'GET', path: /^\/api\/folders$/, query: ['limit', 'parentUid'], handle: listFolders },
  { method: 'GET', path: new RegExp(`^/api/folders/${UID}$`), query: [], handle: showFolder },
  { method: 'GET', path: /^\/api\/datasources$/, query: [], handle: listSources },
  { method: 'GET', path: new RegExp(`^/api/datasources/uid/${UID}/health$`), query: [], handle: health },
  {
    method: 'GET',
    path: /^\/api\/annotations$/,
    query: ['from', 'to', 'limit', 'dashboardUID', 'type', 'tags'],
    handle: listAnnotations,
  },
  {
    method: 'POST',
    path: /^\/api\/annotations$/,
    query: [],
    fields: ['dashboardUID', 'panelId', 'time', 'timeEnd', 'tags', 'text'],
    handle: annotate,
  },
  { method: 'GET', path: /^\/api\/annotations\/(?<id>\d+)$/, query: [], handle: showAnnotation },
  { method: 'DELETE', path: /^\/api\/annotations\/(?<id>\d+)$/, query: [], handle: deleteAnnotation },
  {
    method: 'GET',
    path: /^\/api\/prometheus\/grafana\/api\/v1\/rules$/,
    query: ['folder_uid', 'limit_alerts'],
    handle: rules,
  },
  {
    method: 'POST',
    path: /^\/api\/ds\/query$/,
    query: [],
    fields: ['from', 'to', 'queries'],
    handle: runQueries,
  },
];

/** @see https://github.com/grafana/grafana/blob/main/pkg/services/accesscontrol/api/api.go */
function showPermissions({ state }: Context) {
  if (!state.permissions) throw new Refusal(404, 'Not found');
  return state.permissions;
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body));
}
