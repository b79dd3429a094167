import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { Secret } from '../../../src/secrets/secret.ts';
import { connector } from '../../../src/services/argocd/connect.ts';
import type { ProjectEntry } from '../../../src/services/argocd/connection.ts';
import { argocd } from '../../../src/services/argocd/service.ts';
import type { ArgoTypes } from '../../../src/services/argocd/tool.ts';
import { openToolLab } from '../../harness/tool-lab.ts';
import { type ArgoTwin, startArgoTwin, TOKEN } from '../../twins/argocd.ts';
import type { Manifest, TwinApp } from '../../twins/argocd-state.ts';

/** Commits of the repository, by what is in them. */
export const FIRST = 'a1'.repeat(20);
export const SECOND = 'b2'.repeat(20);
export const THIRD = 'c3'.repeat(20);
export const CREATES = 'd4'.repeat(20);
export const HOOKS = 'e5'.repeat(20);
export const STEERS = 'f6'.repeat(20);

export const ENV_VALUE = 'env-literal-91c';
export const SECRET_VALUE = 'c2VjcmV0LWRhdGE=';
export const HELM_VALUE = 'helm-parameter-77b';
export const POD = 'web-7d9-abc';

const object = (apiVersion: string, kind: string, name: string, rest: object = {}): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  ...rest,
});
export const deployment = (image: string): Manifest =>
  object('apps/v1', 'Deployment', 'web', {
    spec: {
      replicas: image.length,
      template: {
        spec: {
          containers: [
            {
              name: 'web',
              image,
              args: [`--key=${image}`],
              env: [{ name: 'MODE', value: ENV_VALUE + image }],
            },
          ],
        },
      },
    },
  });
const config = (mode: string): Manifest => object('v1', 'ConfigMap', 'settings', { data: { mode } });
const secret = (): Manifest => object('v1', 'Secret', 'db', { data: { password: SECRET_VALUE } });
const release = (image: string): Manifest[] => [deployment(image), config(image), secret()];
const hook: Manifest = {
  ...object('batch/v1', 'Job', 'migrate'),
  metadata: {
    name: 'migrate',
    namespace: 'shop',
    annotations: { 'argocd.argoproj.io/hook': 'PreSync' },
  },
};
export const application = (name: string): Manifest => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name, namespace: 'argocd' },
  spec: { project: 'finance' },
});

const app = (name: string, project: string, more: Partial<TwinApp> = {}): TwinApp => ({
  name,
  project,
  namespace: 'argocd',
  source: {
    repoURL: 'https://ada:repo-pass@git.example/shop.git',
    path: 'deploy',
    targetRevision: 'main',
    helm: { parameters: [{ name: 'dbPassword', value: HELM_VALUE }] },
  },
  history: [],
  live: new Map(),
  conditions: [],
  ...more,
});

/** Two releases of `orders` were deployed and a third waits in Git; `payments` deploys by itself; `fresh` never was. */
export function seed({ state, projects, events, logs }: ArgoTwin): void {
  state.apps.splice(0);
  state.failing.clear();
  state.polls = 2;
  for (const [commit, manifests] of [
    [FIRST, release('web:1')],
    [SECOND, release('web:2')],
    [THIRD, release('web:3')],
    [CREATES, [...release('web:3'), object('v1', 'Service', 'extra')]],
    [HOOKS, [...release('web:3'), hook]],
    [STEERS, [...release('web:3'), application('child')]],
  ] as const)
    state.commits.set(commit, manifests);
  const [orders, payments, fresh] = [app('orders', 'shop'), app('payments', 'shop'), app('fresh', 'shop')];
  const elsewhere = [app('ledger', 'finance'), app('orders', 'shop', { namespace: 'team' })];
  state.apps.push(orders, payments, fresh, ...elsewhere);
  for (const commit of [FIRST, SECOND])
    for (const one of state.apps) if (one.name !== 'fresh') state.deploy(one, commit);
  payments.automated = { selfHeal: true };
  state.branches.set('main', THIRD);
  for (const name of ['shop', 'finance'])
    projects.set(name, {
      metadata: { name },
      spec: {
        description: `${name} things`,
        sourceRepos: ['https://git.example/*'],
        destinations: [{ server: 'https://kubernetes.default.svc', namespace: name }],
        roles: [{ name: 'ci', jwtTokens: [{ iat: 1, id: 'role-token-id' }] }],
        syncWindows: [{ kind: 'allow', schedule: '0 8 * * *', duration: '1h', applications: ['*'] }],
      },
    });
  const involved = { kind: 'Pod', name: POD, namespace: 'shop', uid: `uid-Pod-${POD}` };
  events.set(`uid-Pod-${POD}`, [event(involved, 'BackOff', '2026-01-05T10:00:00Z')]);
  const own = { kind: 'Application', name: 'orders', namespace: 'argocd', uid: 'app-orders' };
  events.set('app-orders', [
    event(own, 'OperationStarted', '2026-01-05T10:00:00Z'),
    event(own, 'OperationCompleted', '2026-01-05T10:01:00Z'),
  ]);
  logs.set(POD, logText(['one', 'two', 'three']));
}

const event = (involvedObject: object, reason: string, lastTimestamp: string) => ({
  metadata: {},
  involvedObject,
  type: 'Normal',
  reason,
  message: `${reason} it is`,
  count: 2,
  lastTimestamp,
});

/** A log as the API streams it, with its closing entry. */
export const logText = (lines: readonly string[], podName = POD): string =>
  [
    ...lines.map((content) => ({ content, podName, last: false, timeStampStr: '2026-01-05T10:00:00Z' })),
    { content: '', podName: '', last: true, timeStampStr: '2026-01-05T10:00:01Z' },
  ]
    .map((result) => `${JSON.stringify({ result })}\n`)
    .join('');

export const SUBS: Readonly<Record<string, ProjectEntry>> = { shop: {} };

/** Tools of one component against a twin at `url`, reached through the real connector. */
export const openArgo = (url: string, subs = SUBS, token = TOKEN) =>
  openToolLab<ArgoTypes, Parameters<(typeof connector)['openReader']>[0]['connection']>({
    connector,
    connection: { url, credentials: { token: new Secret('token', token) } },
    subs,
    limits: argocd.limits,
    component: 'cd',
  });
export type Argo = ReturnType<typeof openArgo>;

/** A twin and a lab for the tests of one file, seeded anew before each; a violation of the API fails the test. */
export function useArgo(subs = SUBS): { twin(): ArgoTwin; argo(): Argo } {
  let twin: ArgoTwin;
  let argo: Argo;
  beforeAll(async () => {
    twin = await startArgoTwin();
    argo = openArgo(twin.url, subs);
  });
  beforeEach(() => {
    seed(twin);
    twin.lie(undefined);
    twin.breakWith(undefined);
    twin.closeWindow(false);
    twin.forget();
  });
  afterEach(() => expect(twin.violations).toEqual([]));
  afterAll(() => twin.close());
  return { twin: () => twin, argo: () => argo };
}

/** What is deployed and what Argo CD would deploy, for comparing two moments. */
export const deployed = ({ state }: ArgoTwin, name: string) => {
  const { live, source, history } = state.app(name);
  const latest = history.at(-1);
  return structuredClone({
    live: [...live],
    source,
    deployed: latest && [latest.revision, latest.source],
  });
};

export const code = (wanted: string) => expect.objectContaining({ code: wanted });
