import { ToolError } from '../../toolset/errors.ts';
import type { HttpClient } from '../../toolset/http/client.ts';
import {
  type Annotation,
  Annotations,
  DashboardAnswer,
  Folder,
  Folders,
  type Frame,
  Health,
  type Hit,
  Hits,
  Permissions,
  QueryAnswer,
  type RuleGroup,
  RulesAnswer,
  type Source,
  Sources,
} from './api.ts';
import { NOTHING, UNHEALTHY } from './failure.ts';
import { type FolderScope, GENERAL, isInFolder } from './folder-scope.ts';
import type { ReadQuery } from './read-query.ts';

/** Alerts of one rule that are asked for, those that matter most first. */
const MOST_ALERTS = 100;

type Pairs = readonly (readonly [string, string])[];

/** Which annotations are asked for. Times are Unix milliseconds. */
export interface AnnotationQuery {
  readonly dashboard?: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly tags: readonly string[];
  readonly type?: 'alert' | 'annotation' | undefined;
  readonly limit: number;
}

/** Grafana's HTTP API, reading alone, bound to one folder or to none. Everything it gives lies within that folder. */
export interface GrafanaReader {
  /** Dashboards, with whether the server may have more than `limit`. */
  search(
    query: { text?: string | undefined; tag?: string | undefined; limit: number },
    signal: AbortSignal,
  ): Promise<{ hits: readonly Hit[]; more: boolean }>;
  /** Throws ToolError('not_found') also for a dashboard of another folder. */
  dashboard(uid: string, signal: AbortSignal): Promise<DashboardAnswer>;
  /** What the account may do now. Undefined where this version does not say. */
  permissions(signal: AbortSignal): Promise<Permissions | undefined>;
  folders(
    query: { parent?: string | undefined; limit: number },
    signal: AbortSignal,
  ): Promise<readonly Folder[]>;
  /** All data sources of the organisation: they belong to no folder. */
  sources(signal: AbortSignal): Promise<readonly Source[]>;
  isHealthy(uid: string, signal: AbortSignal): Promise<boolean>;
  annotations(query: AnnotationQuery, signal: AbortSignal): Promise<readonly Annotation[]>;
  rules(signal: AbortSignal): Promise<readonly RuleGroup[]>;
  /** Runs one query. Times are Unix milliseconds. */
  run(query: ReadQuery, range: { from: number; to: number }, signal: AbortSignal): Promise<readonly Frame[]>;
}

/** Makes a reader. The folder is sent where the API takes it, and what comes back is checked again. */
export const createReader = (http: HttpClient, folder: FolderScope): GrafanaReader => ({
  async search({ text, tag, limit }, signal) {
    const query: Pairs = [
      ['type', 'dash-db'],
      ['limit', String(limit + 1)],
      ...(text === undefined ? [] : [['query', text] as const]),
      ...(tag === undefined ? [] : [['tag', tag] as const]),
      ...(folder === undefined ? [] : [['folderUIDs', folder] as const]),
    ];
    const all = await http.ask({ method: 'GET', path: ['search'], query, answer: Hits }, signal);
    const hits = all.filter((hit) => hit.type === 'dash-db' && isInFolder(hit.folderUid, folder));
    return { hits: hits.slice(0, limit), more: all.length > limit };
  },
  dashboard: (uid, signal) => readDashboard(http, folder, uid, signal),
  permissions: (signal) => readPermissions(http, signal),
  async folders({ parent, limit }, signal) {
    if (folder !== undefined) return [await ownFolder(http, folder, signal)];
    const query: Pairs = [
      ['limit', String(limit)],
      ...(parent === undefined ? [] : [['parentUid', parent] as const]),
    ];
    return http.ask({ method: 'GET', path: ['folders'], query, answer: Folders }, signal);
  },
  sources: (signal) => http.ask({ method: 'GET', path: ['datasources'], answer: Sources }, signal),
  isHealthy: (uid, signal) => askHealth(http, uid, signal),
  annotations: (query, signal) => listAnnotations(http, query, signal),
  rules: (signal) => listRules(http, folder, signal),
  run: (query, range, signal) => runQuery(http, query, range, signal),
});

/** Read anew, past what the server remembers of them for a minute. */
async function readPermissions(http: HttpClient, signal: AbortSignal): Promise<Permissions | undefined> {
  const path = ['access-control', 'user', 'permissions'];
  const query: Pairs = [['reloadcache', 'true']];
  try {
    return await http.ask({ method: 'GET', path, query, answer: Permissions }, signal);
  } catch (error) {
    const untold = ['not_found', 'permission_denied', 'login_failed'];
    if (error instanceof ToolError && untold.includes(error.code)) return undefined;
    throw error;
  }
}

/** A dashboard within the folder. Whether it lies there is Grafana's word, never the caller's. */
export async function readDashboard(
  http: HttpClient,
  folder: FolderScope,
  uid: string,
  signal: AbortSignal,
): Promise<DashboardAnswer> {
  const path = ['dashboards', 'uid', uid];
  return assertOwn(await http.ask({ method: 'GET', path, answer: DashboardAnswer }, signal), uid, folder);
}

/** The answer, once it is the dashboard asked for and lies within the folder. Throws ToolError('not_found'). */
export function assertOwn(found: DashboardAnswer, uid: string, folder: FolderScope): DashboardAnswer {
  const isAsked = found.dashboard.uid === uid && found.meta.isFolder !== true;
  if (isAsked && isInFolder(found.meta.folderUid, folder)) return found;
  throw new ToolError('not_found', NOTHING);
}

/** Annotations of the dashboard asked for, or of all where none is named. */
export async function listAnnotations(
  http: HttpClient,
  { dashboard, from, to, tags, type, limit }: AnnotationQuery,
  signal: AbortSignal,
): Promise<readonly Annotation[]> {
  const query: Pairs = [
    ['from', String(from)],
    ['to', String(to)],
    ['limit', String(limit)],
    ...(dashboard === undefined ? [] : [['dashboardUID', dashboard] as const]),
    ...(type === undefined ? [] : [['type', type] as const]),
    ...tags.map((tag) => ['tags', tag] as const),
  ];
  const found = await http.ask({ method: 'GET', path: ['annotations'], query, answer: Annotations }, signal);
  return found.filter((one) => dashboard === undefined || one.dashboardUID === dashboard);
}

async function ownFolder(http: HttpClient, folder: string, signal: AbortSignal): Promise<Folder> {
  if (folder === GENERAL) return { uid: GENERAL, title: 'Dashboards in no folder' };
  const found = await http.ask({ method: 'GET', path: ['folders', folder], answer: Folder }, signal);
  if (found.uid === folder) return found;
  throw new ToolError('not_found', NOTHING);
}

async function askHealth(http: HttpClient, uid: string, signal: AbortSignal): Promise<boolean> {
  try {
    const path = ['datasources', 'uid', uid, 'health'];
    return (await http.ask({ method: 'GET', path, answer: Health }, signal)).status === 'OK';
  } catch (error) {
    if (error instanceof ToolError && error.detail === UNHEALTHY) return false;
    throw error;
  }
}

async function listRules(
  http: HttpClient,
  folder: FolderScope,
  signal: AbortSignal,
): Promise<readonly RuleGroup[]> {
  // A folder that the account may not see makes the server leave the filter away and answer with every folder.
  const query: Pairs = [
    ['limit_alerts', String(MOST_ALERTS)],
    ...(folder === undefined ? [] : [['folder_uid', folder] as const]),
  ];
  const path = ['prometheus', 'grafana', 'api', 'v1', 'rules'];
  const { data } = await http.ask({ method: 'GET', path, query, answer: RulesAnswer }, signal);
  if (folder === undefined) return data.groups;
  if (data.groups.some(({ folderUid }) => folderUid === undefined))
    throw new ToolError(
      'query_failed',
      'this Grafana does not tell the folder of a rule by its uid, so none is shown through a folder; it takes a newer one, such as 11.4',
    );
  return data.groups.filter((group) => isInFolder(group.folderUid, folder));
}

async function runQuery(
  http: HttpClient,
  query: ReadQuery,
  { from, to }: { from: number; to: number },
  signal: AbortSignal,
): Promise<readonly Frame[]> {
  const json = { from: String(from), to: String(to), queries: [query] };
  const { results } = await http.ask(
    { method: 'POST', path: ['ds', 'query'], json, answer: QueryAnswer },
    signal,
  );
  const result = Object.hasOwn(results, query.refId) ? results[query.refId] : undefined;
  if (!result || result.error !== undefined)
    throw new ToolError('query_failed', 'the data source could not run the query');
  return result.frames ?? [];
}
