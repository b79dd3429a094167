import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { applyJsonPatch, type Step } from './json-patch.ts';
import {
  ClusterState,
  type Json,
  KIND,
  type Meta,
  PLURALS,
  type Plural,
  type Thing,
} from './kubernetes-state.ts';

/**
 * A strict twin of the part of the Kubernetes API that the tools use, with controllers that act at once.
 * A path, query, header, method or patch that it does not know is a failure that a test can assert on.
 *
 * - workloads: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/
 * - concurrency and dry run: https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
export interface KubernetesTwin {
  readonly server: string;
  readonly state: ClusterState;
  readonly failures: readonly string[];
  readonly requests: readonly TwinRequest[];
  forget(): void;
  /** Lets somebody else act between two requests: runs once, before the next PATCH is looked at. */
  meanwhile(act: () => void): void;
  /** Whose RBAC permits all but requests such as `PATCH /apis/...`; nothing forbids again what was not. */
  forbid(what: RegExp | undefined): void;
  /** Rejects the next dry run, as an admission policy would. */
  refuseDryRun(): void;
  /** Text of a pod's log. */
  logs: Map<string, string>;
  /** Answers every request with a status. */
  breakWith(status: number | undefined): void;
  kubeconfig(context: string): string;
  close(): Promise<void>;
}
export interface TwinRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const TOKEN = 'twin-token';
const HEADERS = new Set(
  'host connection accept authorization content-type content-length transfer-encoding'.split(' '),
);
const LIST = ['labelSelector', 'fieldSelector', 'limit', 'continue'];
const LOG = ['container', 'tailLines', 'limitBytes', 'sinceSeconds', 'timestamps', 'previous'];
const PATCH = ['dryRun', 'fieldManager'];

class Refusal extends Error {
  readonly status: number;
  readonly reason: string;
  readonly isFailure: boolean;
  constructor(status: number, reason: string, message: string, isFailure = false) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.isFailure = isFailure;
  }
}

/** Starts one on a free loopback port. */
export async function startKubernetesTwin(): Promise<KubernetesTwin> {
  const state = new ClusterState();
  const failures: string[] = [];
  const requests: TwinRequest[] = [];
  const logs = new Map<string, string>();
  let before: (() => void) | undefined;
  let broken: number | undefined;
  let forbidden: RegExp | undefined;
  let refusesDryRun = false;

  const handle = (request: TwinRequest, type: string | undefined): Json | string => {
    if (broken !== undefined) throw new Refusal(broken, 'Broken', 'the twin was told to');
    if (forbidden?.test(`${request.method} ${request.path}`))
      throw new Refusal(403, 'Forbidden', 'User "tester" cannot do that');
    if (request.method === 'PATCH') {
      const act = before;
      before = undefined;
      act?.();
      if (refusesDryRun && request.query.dryRun !== undefined)
        throw new Refusal(422, 'Invalid', 'denied by policy');
      if (type !== 'application/json-patch+json')
        throw new Refusal(415, 'UnsupportedMediaType', `patch type ${type}`, true);
      return patch(state, request);
    }
    if (request.method !== 'GET') throw new Refusal(405, 'MethodNotAllowed', request.method, true);
    return get(state, request, logs);
  };

  const httpServer = createServer(async (incoming, response) => {
    try {
      const request = await read(incoming);
      requests.push(request);
      const strange = Object.keys(incoming.headers).filter((name) => !HEADERS.has(name));
      if (strange.length > 0) throw new Refusal(400, 'BadRequest', `header ${strange.join()}`, true);
      if (incoming.headers.authorization !== `Bearer ${TOKEN}`)
        throw new Refusal(401, 'Unauthorized', 'Unauthorized');
      const answer = handle(request, incoming.headers['content-type']);
      if (typeof answer === 'string') response.writeHead(200, { 'content-type': 'text/plain' }).end(answer);
      else reply(response, 200, answer);
    } catch (error) {
      const refusal =
        error instanceof Refusal ? error : new Refusal(500, 'InternalError', String(error), true);
      if (refusal.isFailure) failures.push(`${incoming.method} ${incoming.url}: ${refusal.message}`);
      reply(response, refusal.status, {
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        message: refusal.message,
        reason: refusal.reason,
        code: refusal.status,
      });
    }
  });
  await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve));
  const server = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
  return {
    server,
    state,
    failures,
    requests,
    logs,
    forget: () => void requests.splice(0),
    meanwhile: (act) => {
      before = act;
    },
    forbid: (what) => {
      forbidden = what;
    },
    refuseDryRun: () => {
      refusesDryRun = true;
    },
    breakWith: (status) => {
      broken = status;
    },
    kubeconfig: (context) => kubeconfig(server, context),
    close: () =>
      new Promise((resolve) => {
        httpServer.close(() => resolve());
        httpServer.closeAllConnections();
      }),
  };
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
    query: Object.fromEntries(new URLSearchParams(search)),
    body: text === '' ? undefined : JSON.parse(text),
  };
}

const unknown = ({ method, path }: TwinRequest) =>
  new Refusal(404, 'NotFound', `unknown ${method} ${path}`, true);

function only({ query }: TwinRequest, known: readonly string[]): void {
  const strange = Object.keys(query).filter((name) => !known.includes(name));
  if (strange.length > 0) throw new Refusal(400, 'BadRequest', `unknown query ${strange.join()}`, true);
}

const SEGMENT = '[a-z0-9]([-a-z0-9.]*[a-z0-9])?';
const route = (pattern: string) =>
  new RegExp(`^${pattern.replaceAll('NAME', `(?<name>${SEGMENT})`).replaceAll('NS', `(?<ns>${SEGMENT})`)}$`);
const APPS = route(
  '/apis/apps/v1/namespaces/NS/(?<plural>deployments|statefulsets|daemonsets|replicasets)(/NAME(?<scale>/scale)?)?',
);
const PODS = route('/api/v1/namespaces/NS/pods(/NAME(?<log>/log)?)?');
const EVENTS = route('/api/v1/namespaces/NS/events');
const AUTOSCALERS = route('/apis/autoscaling/v2/namespaces/NS/horizontalpodautoscalers');
const AUTOSCALER = route('/apis/autoscaling/v2/namespaces/NS/horizontalpodautoscalers/NAME');
const METRICS = route('/apis/metrics.k8s.io/v1beta1/namespaces/NS/pods');

function get(state: ClusterState, request: TwinRequest, logs: Map<string, string>): Json | string {
  const apps = APPS.exec(request.path)?.groups;
  if (apps) {
    const { ns, plural, name, scale } = apps;
    if (scale || (plural === 'replicasets' && name)) throw unknown(request);
    if (name) {
      only(request, []);
      return withKind(KIND[plural as Plural], find(state.workloads[plural as Plural], ns, name));
    }
    const all = plural === 'replicasets' ? state.replicaSets : state.workloads[plural as Plural];
    return list(request, inNamespace(all, ns), 'apps/v1');
  }
  const pods = PODS.exec(request.path)?.groups;
  if (pods) {
    const { ns, name, log } = pods;
    if (!name) return list(request, inNamespace(state.pods, ns), 'v1');
    const pod = find(state.pods, ns, name);
    if (!log) {
      only(request, []);
      return withKind('Pod', pod);
    }
    return logOf(
      request,
      pod.spec.containers.map((one) => one.name),
      logs.get(name) ?? '',
    );
  }
  const events = EVENTS.exec(request.path)?.groups;
  if (events) return list(request, inNamespace(state.events as never, events.ns), 'v1');
  const autoscalers = AUTOSCALERS.exec(request.path)?.groups;
  if (autoscalers) return list(request, inNamespace(state.autoscalers, autoscalers.ns), 'autoscaling/v2');
  const metrics = METRICS.exec(request.path)?.groups;
  if (!metrics) throw unknown(request);
  only(request, ['labelSelector']);
  const items = select(inNamespace(state.pods, metrics.ns), request).map(({ metadata, spec }) => ({
    metadata: { name: metadata.name, namespace: metadata.namespace },
    timestamp: metadata.creationTimestamp,
    window: '15s',
    containers: spec.containers.map(({ name }) => ({ name, usage: { cpu: '12500000n', memory: '64Mi' } })),
  }));
  return { kind: 'PodMetricsList', apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items };
}

function logOf(request: TwinRequest, containers: string[], text: string): string {
  only(request, LOG);
  const { container = '', tailLines, limitBytes } = request.query;
  if (!containers.includes(container))
    throw new Refusal(400, 'BadRequest', `container ${container} is not valid for pod`);
  const lines = text.split('\n').slice(0, -1);
  const tail = tailLines === undefined ? lines : lines.slice(-Number(tailLines));
  const whole = tail.map((line) => `2026-01-02T03:04:05Z ${line}\n`).join('');
  return limitBytes === undefined ? whole : whole.slice(0, Number(limitBytes));
}

type Any = { metadata: Meta };
const inNamespace = <T extends Any>(all: readonly T[], namespace: string | undefined): T[] =>
  all.filter(({ metadata }) => metadata.namespace === namespace);

function find<T extends Any>(all: readonly T[], namespace: string | undefined, name: string): T {
  const found = inNamespace(all, namespace).find(({ metadata }) => metadata.name === name);
  if (!found) throw new Refusal(404, 'NotFound', `"${name}" not found`);
  return found;
}

const withKind = (kind: string, thing: object): Json => ({ kind, apiVersion: 'any', ...thing });

function select<T extends Any>(all: readonly T[], { query }: TwinRequest): T[] {
  const labels = (query.labelSelector ?? '').split(',').filter(Boolean);
  return all.filter(({ metadata }) =>
    labels.every((one) => {
      const [key, value, more] = one.split('=');
      if (!key || value === undefined || more !== undefined)
        throw new Refusal(400, 'BadRequest', `selector ${one}`, true);
      return metadata.labels[key] === value;
    }),
  );
}

function list(request: TwinRequest, all: readonly Any[], apiVersion: string): Json {
  only(request, LIST);
  const { fieldSelector, limit } = request.query;
  let items = select(all, request);
  if (fieldSelector !== undefined) {
    const [field, uid] = fieldSelector.split('=');
    if (field !== 'involvedObject.uid')
      throw new Refusal(400, 'BadRequest', `field label not supported: ${field}`, true);
    items = items.filter(
      (one) => (one as unknown as { involvedObject: { uid: string } }).involvedObject.uid === uid,
    );
  }
  const most = limit === undefined ? items.length : Number(limit);
  const metadata = { resourceVersion: '1', ...(items.length > most ? { continue: 'more' } : {}) };
  return { kind: 'List', apiVersion, metadata, items: items.slice(0, most) };
}

function patch(state: ClusterState, request: TwinRequest): Json {
  const autoscaler = AUTOSCALER.exec(request.path)?.groups;
  if (autoscaler) return patchAutoscaler(state, request, autoscaler);
  const { ns, plural, name, scale } = APPS.exec(request.path)?.groups ?? {};
  const known = PLURALS.find((one) => one === plural);
  if (!known || !name || (scale && known === 'daemonsets')) throw unknown(request);
  only(request, PATCH);
  const { dryRun } = request.query;
  if (dryRun !== undefined && dryRun !== 'All') throw new Refusal(422, 'Invalid', `dryRun ${dryRun}`, true);
  const old = find(state.workloads[known], ns, name);
  const view: Json = scale ? scaleOf(old) : (structuredClone(old) as unknown as Json);
  try {
    applyJsonPatch(view, request.body as Step[]);
  } catch {
    throw new Refusal(422, 'Invalid', 'the server rejected our request');
  }
  const changed = scale ? rescaled(old, view) : (view as unknown as Thing);
  if (changed.metadata.resourceVersion !== old.metadata.resourceVersion)
    throw new Refusal(409, 'Conflict', 'the object has been modified');
  if (changed.metadata.uid !== old.metadata.uid || changed.metadata.name !== old.metadata.name)
    throw new Refusal(422, 'Invalid', 'field is immutable');
  if (JSON.stringify(changed.spec.selector) !== JSON.stringify(old.spec.selector))
    throw new Refusal(422, 'Invalid', 'spec.selector is immutable');
  for (const key of Object.keys(changed.spec.template.metadata.labels))
    if (key === 'pod-template-hash')
      throw new Refusal(422, 'Invalid', 'template keeps the hash of another', true);
  const stored = dryRun ? changed : state.store(known, old, changed);
  return scale ? scaleOf(stored) : withKind(KIND[known], stored);
}

const RULE_DEFAULTS = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

/** @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
function patchAutoscaler(
  state: ClusterState,
  request: TwinRequest,
  { ns, name }: Record<string, string>,
): Json {
  only(request, PATCH);
  const { dryRun } = request.query;
  if (dryRun !== undefined && dryRun !== 'All') throw new Refusal(422, 'Invalid', `dryRun ${dryRun}`, true);
  const old = find(state.autoscalers, ns, name ?? '');
  const changed = structuredClone(old);
  try {
    applyJsonPatch(changed as unknown as Json, request.body as Step[]);
  } catch {
    throw new Refusal(422, 'Invalid', 'the server rejected our request');
  }
  if (changed.metadata.resourceVersion !== old.metadata.resourceVersion)
    throw new Refusal(409, 'Conflict', 'the object has been modified');
  const { minReplicas = 1, maxReplicas } = changed.spec as { minReplicas?: number; maxReplicas: number };
  if (minReplicas < 1 || maxReplicas < minReplicas) throw new Refusal(422, 'Invalid', 'maxReplicas');
  // Go fills in what a rule leaves out.
  for (const rules of Object.values((changed.spec.behavior ?? {}) as Record<string, Json>))
    for (const [field, value] of Object.entries(RULE_DEFAULTS)) rules[field] ??= structuredClone(value);
  if (!dryRun) {
    changed.metadata.resourceVersion = state.next();
    state.autoscalers[state.autoscalers.indexOf(old)] = changed;
  }
  return withKind('HorizontalPodAutoscaler', changed);
}

/** Zero is left out, as the API's encoding does. */
const scaleOf = ({ metadata, spec }: Thing): Json => ({
  kind: 'Scale',
  apiVersion: 'autoscaling/v1',
  metadata: {
    name: metadata.name,
    namespace: metadata.namespace,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    creationTimestamp: metadata.creationTimestamp,
  },
  spec: spec.replicas === 0 ? {} : { replicas: spec.replicas },
  status: { replicas: spec.replicas },
});

function rescaled(old: Thing, view: Json): Thing {
  const { metadata, spec } = view as { metadata: Meta; spec: { replicas?: number } };
  const { resourceVersion, uid, name } = metadata;
  return {
    ...structuredClone(old),
    metadata: { ...old.metadata, resourceVersion, uid, name },
    spec: { ...old.spec, replicas: spec.replicas ?? 0 },
  };
}

const kubeconfig = (server: string, context: string) =>
  // JSON is YAML. The driver talks plain http only to a cluster whose certificate it need not check.
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'twin', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'tester', user: { token: TOKEN } }],
    contexts: [{ name: context, context: { cluster: 'twin', user: 'tester' } }],
    'current-context': 'nothing',
  });

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
