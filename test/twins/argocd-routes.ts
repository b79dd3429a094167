import { answerOf, listed, managedOf, treeOf } from './argocd-answers.ts';
import type { ArgoState, TwinApp, TwinOperation } from './argocd-state.ts';
import { applyJsonPatch, type Step } from './json-patch.ts';

export interface TwinRequest {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly body: unknown;
}

/** gRPC codes and the statuses that grpc-gateway makes of them. */
export const CODES = { 3: 400, 5: 404, 7: 403, 9: 400, 16: 401, 12: 501, 13: 500 } as const;
type Code = keyof typeof CODES;

export class Refusal extends Error {
  readonly code: Code;
  readonly isViolation: boolean;
  constructor(code: Code, message: string, isViolation = false) {
    super(message);
    this.code = code;
    this.isViolation = isViolation;
  }
}
/** A request that the API does not have: a mistake of the client that the test has to show. */
export const violation = (message: string) => new Refusal(12, message, true);

/** What a request is answered from. */
export interface Deps {
  readonly state: ArgoState;
  readonly events: ReadonlyMap<string, Record<string, unknown>[]>;
  readonly logs: ReadonlyMap<string, string>;
  readonly projects: ReadonlyMap<string, Record<string, unknown>>;
  readonly isWindowClosed: boolean;
  /** Actions on applications that the account's RBAC does not permit. */
  readonly denied: ReadonlySet<string>;
}

const PLACE = ['appNamespace', 'project'];
const RESOURCES = ['namespace', 'name', 'version', 'group', 'kind', ...PLACE];
const APPLICATION = ['refresh', 'projects', 'resourceVersion', 'selector', 'repo', ...PLACE];
const LOGS =
  'namespace podName container sinceSeconds sinceTime.seconds sinceTime.nanos tailLines follow untilTime filter kind group resourceName previous';
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  get: APPLICATION,
  'resource-tree': RESOURCES,
  'managed-resources': RESOURCES,
  events: ['resourceNamespace', 'resourceName', 'resourceUID', ...PLACE],
  logs: [...LOGS.split(' '), ...PLACE],
  metadata: PLACE,
};
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  sync: 'name revision dryRun prune strategy resources manifests infos retryStrategy syncOptions appNamespace project'.split(
    ' ',
  ),
  rollback: 'name id dryRun prune appNamespace project'.split(' '),
};

function only(given: Iterable<string>, known: readonly string[]): void {
  const strange = [...given].filter((name) => !known.includes(name));
  if (strange.length > 0) throw violation(`unknown ${strange.join()}`);
}

/** Answers one request as the server would. Throws Refusal; a violation for what the API does not have. */
export function handle(request: TwinRequest, deps: Deps): unknown {
  const query = new Map(request.query);
  if (query.size !== request.query.length) throw violation('a parameter is given twice');
  const names = [...query.keys()];
  if (request.method === 'GET' && request.path === '/api/v1/projects') {
    only(names, ['name']);
    return { metadata: {}, items: [...deps.projects.values()] };
  }
  if (request.method === 'GET' && request.path === '/api/v1/applications') {
    only(names, ['name', 'fields', ...APPLICATION]);
    return listed(deps.state, query);
  }
  const question = /^\/api\/v1\/account\/can-i\/applications\/(sync|update)\/([a-z0-9./-]+)$/.exec(
    request.path,
  );
  if (request.method === 'GET' && question) {
    only(names, []);
    return { value: deps.denied.has(question[1] ?? '') ? 'no' : 'yes' };
  }
  const path = /^\/api\/v1\/applications\/([a-z0-9][a-z0-9.-]*)(?:\/(.+))?$/.exec(request.path);
  if (!path) throw violation(`unknown ${request.method} ${request.path}`);
  const [, name = '', leaf = 'get'] = path;
  if (request.method === 'POST' && (leaf === 'sync' || leaf === 'rollback')) {
    only(names, []);
    return start(leaf, name, request.body as Record<string, unknown>, deps);
  }
  if (request.method === 'PATCH' && leaf === 'get') {
    only(names, []);
    return patched(name, request.body as Record<string, unknown>, deps);
  }
  if (request.method !== 'GET') throw violation(`unknown ${request.method} ${request.path}`);
  const commit = /^revisions\/([^/]+)\/metadata$/.exec(leaf)?.[1];
  const known = PARAMETERS[commit ? 'metadata' : leaf];
  if (!known) throw violation(`unknown GET ${request.path}`);
  only(names, known);
  const app = find(deps.state, name, query.get('project'), query.get('appNamespace'));
  return commit ? metadata(deps, commit) : readOf(leaf, app, query, deps);
}

function readOf(leaf: string, app: TwinApp, query: ReadonlyMap<string, string>, deps: Deps): unknown {
  switch (leaf) {
    case 'get':
      if (query.has('refresh')) deps.state.reconcile(app);
      else deps.state.step(app);
      return answerOf(deps.state, app);
    case 'resource-tree':
      return treeOf(app);
    case 'managed-resources':
      return managedOf(deps.state, app);
    case 'events':
      return eventsOf(app, query, deps);
    default:
      return logOf(app, query, deps);
  }
}

/** As `getAppEnforceRBAC` has it: another project is an application that does not exist. */
function find(state: ArgoState, name: string, project: string | undefined, namespace = 'argocd'): TwinApp {
  const found = state.apps.find((one) => one.name === name && one.namespace === namespace);
  if (found && (project === undefined || project === found.project)) return found;
  if (project === undefined) throw new Refusal(7, 'permission denied');
  throw new Refusal(5, `applications.argoproj.io "${name}" not found`);
}

function metadata({ state }: Deps, commit: string): unknown {
  if (!state.commits.has(commit)) throw new Refusal(13, `revision ${commit} must be resolved`);
  return {
    author: 'Ada Lovelace',
    date: '2026-01-04T09:00:00Z',
    message: `Change of ${commit}`,
    signatureInfo: '',
  };
}

function eventsOf(app: TwinApp, query: ReadonlyMap<string, string>, { events }: Deps): unknown {
  const uid = query.get('resourceUID') ?? '';
  if (uid === '' && (query.get('resourceName') ?? '') === '')
    return { metadata: {}, items: events.get(`app-${app.name}`) ?? [] };
  const node = treeOf(app).nodes.find(
    (one) =>
      one.uid === uid &&
      one.name === query.get('resourceName') &&
      one.namespace === query.get('resourceNamespace'),
  );
  if (!node) throw new Refusal(3, `${query.get('resourceName')} not found as part of application`);
  return { metadata: {}, items: events.get(uid) ?? [] };
}

function logOf(app: TwinApp, query: ReadonlyMap<string, string>, { logs }: Deps): string {
  if (query.get('follow') === 'true') throw violation('a log is followed');
  const pod = treeOf(app).nodes.find(
    ({ kind, name, namespace }) =>
      kind === 'Pod' && name === query.get('podName') && namespace === query.get('namespace'),
  );
  return pod ? (logs.get(pod.name) ?? '') : '';
}

function start(verb: 'sync' | 'rollback', name: string, body: Record<string, unknown>, deps: Deps): unknown {
  const { state, isWindowClosed } = deps;
  only(Object.keys(body), FIELDS[verb] ?? []);
  if (body.name !== name) throw violation(`body names ${body.name}`);
  if (body.prune === true) throw violation('prunes');
  for (const field of ['strategy', 'resources', 'manifests', 'syncOptions'])
    if (body[field] !== undefined) throw violation(`sets ${field}`);
  if (body.retryStrategy !== undefined && body.dryRun !== true) throw violation('sets retryStrategy');
  const app = find(state, name, body.project as string | undefined, body.appNamespace as string | undefined);
  if (deps.denied.has('sync')) throw new Refusal(7, 'permission denied: applications, sync');
  if (verb === 'sync' && isWindowClosed) throw new Refusal(7, 'cannot sync: blocked by sync window');
  if (app.deletionTimestamp) throw new Refusal(9, 'application is deleting');
  const operation = verb === 'sync' ? syncOf(state, app, body) : rollbackOf(app, body);
  if (app.operation)
    throw new Refusal(9, 'error setting app operation: another operation is already in progress');
  state.begin(app, operation);
  return answerOf(state, app);
}

/** `Patch` of server/application: a JSON patch of the application as it is, of which the twin knows the policy alone. */
function patched(name: string, body: Record<string, unknown>, { state, denied }: Deps): unknown {
  only(Object.keys(body), ['name', 'patch', 'patchType', 'appNamespace', 'project']);
  if (body.name !== name || body.patchType !== 'json') throw violation(`body ${JSON.stringify(body)}`);
  const app = find(state, name, body.project as string | undefined, body.appNamespace as string | undefined);
  if (denied.has('update')) throw new Refusal(7, 'permission denied: applications, update');
  const { automated, syncOptions } = app;
  // NormalizeApplicationSpec leaves a policy out that says nothing.
  const document = { spec: automated || syncOptions ? { syncPolicy: { automated, syncOptions } } : {} };
  const plain = JSON.parse(JSON.stringify(document)) as { spec: { syncPolicy?: Pick<TwinApp, 'automated'> } };
  try {
    applyJsonPatch(plain, JSON.parse(String(body.patch)) as Step[]);
  } catch (error) {
    throw new Refusal(3, `error applying patch: ${error}`);
  }
  const now = plain.spec.syncPolicy?.automated;
  if (now) app.automated = now;
  else delete app.automated;
  return answerOf(state, app);
}

const BY = { username: 'stackward' };

function syncOf(state: ArgoState, app: TwinApp, body: Record<string, unknown>): TwinOperation {
  const {
    revision,
    dryRun = false,
    infos = [],
  } = body as {
    revision?: string;
    dryRun?: boolean;
    infos?: { name: string; value: string }[];
  };
  const isOn = app.automated !== undefined && app.automated.enabled !== false;
  if (isOn && !dryRun && revision !== undefined && revision !== app.source.targetRevision)
    throw new Refusal(
      9,
      `Cannot sync to ${revision}: auto-sync currently set to ${app.source.targetRevision}`,
    );
  const resolved = state.resolve(revision ?? app.source.targetRevision);
  if (!state.commits.has(resolved))
    throw new Refusal(9, `error resolving repo revision: unable to resolve '${resolved}' to a commit SHA`);
  return { sync: { revision: resolved, ...(dryRun ? { dryRun } : {}) }, initiatedBy: BY, info: infos };
}

function rollbackOf(app: TwinApp, { id, dryRun }: Record<string, unknown>): TwinOperation {
  if (typeof id !== 'number') throw violation('id is no number');
  if (app.automated !== undefined && app.automated.enabled !== false)
    throw new Refusal(9, 'rollback cannot be initiated when auto-sync is enabled');
  const entry = app.history.find((one) => one.id === id);
  if (!entry) throw new Refusal(3, `application ${app.name} does not have deployment with id ${id}`);
  return {
    sync: {
      revision: entry.revision,
      source: entry.source,
      syncStrategy: { apply: {} },
      ...(dryRun === true ? { dryRun } : {}),
    },
    initiatedBy: BY,
  };
}
