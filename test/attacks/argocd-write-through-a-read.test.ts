import { expect, test } from 'vitest';
import { z } from 'zod';
import { lockTo } from '../../src/services/argocd/lock.ts';
import type { Place } from '../../src/services/argocd/scope.ts';
import { argocd } from '../../src/services/argocd/service.ts';
import type { HttpClient, HttpRequest } from '../../src/toolset/http/client.ts';
import { callsOn } from '../services/argocd/attack.ts';
import { deployed, useArgo } from '../services/argocd/fixture.ts';

/** A read that writes: by its method, by a parameter that makes Argo CD act, or past the tools. */
const { twin, argo } = useArgo();

test('every read tool sends plain GETs alone, and changes nothing', async () => {
  const before = twin().state.apps.map(({ name, namespace }) => [
    name,
    namespace,
    twin().state.app(name, namespace).history.length,
  ]);
  const reads = argocd.tools.filter(({ access }) => access === 'read').map(({ name }) => name);
  for (const [name, call] of Object.entries(callsOn(argo(), 'orders')))
    if (reads.includes(name)) await call();
  expect(twin().requests.length).toBeGreaterThan(8);
  expect(twin().writes()).toEqual([]);
  expect(
    twin().state.apps.map(({ name, namespace }) => [
      name,
      namespace,
      twin().state.app(name, namespace).history.length,
    ]),
  ).toEqual(before);
});

const PLACE: Place = { project: 'shop', namespace: 'argocd', applications: ['orders'] };
const AT = [
  ['project', 'shop'],
  ['appNamespace', 'argocd'],
] as const;
const BODY = { name: 'orders', project: 'shop', appNamespace: 'argocd', dryRun: false, prune: false };
const INFOS = [{ name: 'stackward', value: 'x' }];
type Ask = Partial<HttpRequest<unknown>>;

/** What a locked client lets out. */
function sentBy(access: 'read' | 'write', ask: Ask, place: Place | 'whole' = PLACE): number {
  let sent = 0;
  const http: HttpClient = {
    ask: async () => {
      sent += 1;
      throw new Error('sent');
    },
  };
  const request = {
    method: 'GET',
    path: ['applications', 'orders'],
    query: AT,
    answer: z.unknown(),
    ...ask,
  } as const;
  try {
    lockTo(http, place === 'whole' ? undefined : place, access)
      .ask(request, AbortSignal.timeout(1000))
      .catch(() => {});
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
  }
  return sent;
}
const on = (...below: string[]) => ['applications', 'orders', ...below];

const NEVER: Readonly<Record<string, Ask>> = {
  delete: { method: 'DELETE' },
  'terminate an operation': { method: 'DELETE', path: on('operation') },
  'change the application': { method: 'PUT', json: {} },
  'patch the application': { method: 'PATCH', json: {} },
  'create an application': { method: 'POST', path: ['applications'], query: [], json: {} },
  'patch a resource': { method: 'POST', path: on('resource'), json: '{}' },
  'delete a resource': { method: 'DELETE', path: on('resource') },
  'run an action': { method: 'POST', path: on('resource', 'actions'), json: 'restart' },
  'read a live manifest': { path: on('resource') },
  'read manifests': { path: on('manifests') },
  'another application': { path: ['applications', 'payments'] },
  'another project': { query: [['project', 'finance'], AT[1]] },
  'no project': { query: [AT[1]] },
  'two projects': { query: [...AT, ['project', 'finance']] },
  'two projects, the own one last': { query: [['project', 'finance'], ...AT] },
  'another namespace': { query: [AT[0], ['appNamespace', 'team']] },
  'another parameter': { query: [...AT, ['resourceVersion', '0']] },
  'all projects of the list': { path: ['applications'], query: [AT[1], ['fields', 'items.spec']] },
  clusters: { path: ['clusters'], query: [] },
  session: { method: 'POST', path: ['session'], query: [], json: { username: 'admin', password: 'x' } },
  accounts: { path: ['account'], query: [] },
  'every project': { path: ['projects'], query: [] },
  'a project’s tokens': {
    method: 'POST',
    path: ['projects', 'shop', 'roles', 'ci', 'token'],
    query: [],
    json: {},
  },
  'a stream': { path: ['stream', 'applications'], query: [] },
  'a log that is followed': { path: on('logs'), query: [...AT, ['follow', 'true']] },
  'a branch’s metadata': { path: on('revisions', 'main', 'metadata') },
  'something below a revision': { path: on('revisions', 'a1'.repeat(20), 'chartdetails') },
  'a form': { form: [['a', 'b']] },
  'a GET with a body': { json: {} },
  'a refresh that nobody knows': { query: [...AT, ['refresh', 'full']] },
  'a refresh below': { path: on('resource-tree'), query: [...AT, ['refresh', 'hard']] },
  prune: { method: 'POST', path: on('sync'), query: [], json: { ...BODY, prune: true, infos: INFOS } },
  force: {
    method: 'POST',
    path: on('sync'),
    query: [],
    json: { ...BODY, infos: INFOS, strategy: { apply: { force: true } } },
  },
  replace: {
    method: 'POST',
    path: on('sync'),
    query: [],
    json: { ...BODY, infos: INFOS, syncOptions: { items: ['Replace=true'] } },
  },
  'manifests of the caller': {
    method: 'POST',
    path: on('sync'),
    query: [],
    json: { ...BODY, infos: INFOS, manifests: ['{}'] },
  },
  'a branch': {
    method: 'POST',
    path: on('sync'),
    query: [],
    json: { ...BODY, infos: INFOS, revision: 'main' },
  },
  'an unmarked sync': { method: 'POST', path: on('sync'), query: [], json: BODY },
  'a body of another application': {
    method: 'POST',
    path: on('sync'),
    query: [],
    json: { ...BODY, name: 'payments', infos: INFOS },
  },
  'a body of another project': {
    method: 'POST',
    path: on('rollback'),
    query: [],
    json: { ...BODY, id: 0, project: 'finance' },
  },
  'a rollback that prunes': {
    method: 'POST',
    path: on('rollback'),
    query: [],
    json: { ...BODY, id: 0, prune: true },
  },
  'a parameter beside a body': { method: 'POST', path: on('rollback'), json: { ...BODY, id: 0 } },
  'something below rollback': {
    method: 'POST',
    path: on('rollback', 'x'),
    query: [],
    json: { ...BODY, id: 0 },
  },
  'a name out of the prototype': { path: on('constructor') },
};

test.each(Object.entries(NEVER))('no client sends %s', (_, ask) => {
  expect([sentBy('read', ask), sentBy('write', ask)]).toEqual([0, 0]);
});

test('a component as a whole sends nothing but the list of projects', () => {
  const { 'every project': projects, ...others } = NEVER;
  expect(sentBy('read', projects ?? {}, 'whole')).toBe(1);
  for (const [name, ask] of Object.entries(others))
    expect([sentBy('read', ask, 'whole'), sentBy('write', ask, 'whole')], name).toEqual([0, 0]);
  expect(sentBy('write', { path: ['projects'], query: [['name', 'finance']] }, 'whole')).toBe(0);
});

const WRITES: Readonly<Record<string, Ask>> = {
  sync: { method: 'POST', path: on('sync'), query: [], json: { ...BODY, infos: INFOS } },
  rollback: { method: 'POST', path: on('rollback'), query: [], json: { ...BODY, id: 0 } },
  refresh: { query: [...AT, ['refresh', 'hard']] },
};

test.each(Object.entries(WRITES))('%s leaves through a writer alone', (_, ask) => {
  expect([sentBy('read', ask), sentBy('write', ask)]).toEqual([0, 1]);
});

test('what the lock refuses is not what it refuses everything for', () => {
  expect(sentBy('read', {})).toBe(1);
  expect(deployed(twin(), 'orders').live).toHaveLength(3);
});
