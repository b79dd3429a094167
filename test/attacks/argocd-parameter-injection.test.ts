import { expect, test } from 'vitest';
import { events } from '../../src/services/argocd/tools/events.ts';
import { logs } from '../../src/services/argocd/tools/logs.ts';
import { resourceTree } from '../../src/services/argocd/tools/resource-tree.ts';
import { rollback } from '../../src/services/argocd/tools/rollback.ts';
import { sync } from '../../src/services/argocd/tools/sync.ts';
import { refusalOf } from '../services/argocd/attack.ts';
import { POD, useArgo } from '../services/argocd/fixture.ts';

/** Arguments that would add a parameter or a field to the request. */
const { twin, argo } = useArgo();
const orders = { application: 'orders' };
const TEXTS = [
  `${POD}&follow=true`,
  `${POD}&namespace=kube-system`,
  `${POD}?x`,
  'a=b',
  'a b',
  'a\nb',
  '../x',
  '',
];

test('no text of a log or an event adds a parameter', async () => {
  for (const text of TEXTS) {
    const attempts = [
      () => argo().read(logs, 'shop', { ...orders, pod: text }),
      () => argo().read(logs, 'shop', { ...orders, pod: POD, container: text }),
      () => argo().read(logs, 'shop', { ...orders, pod: POD, namespace: text }),
      () => argo().read(events, 'shop', { ...orders, resource: { kind: 'Pod', name: text } }),
      () => argo().read(events, 'shop', { ...orders, resource: { kind: text, name: POD } }),
      () => argo().read(resourceTree, 'shop', { ...orders, kind: text }),
    ];
    for (const attempt of attempts) expect(await refusalOf(attempt), text).toBe('invalid_arguments');
  }
  expect(twin().requests).toEqual([]);
});

test('a log is never followed, and its numbers are bounded', async () => {
  for (const extra of [
    { follow: true },
    { tail_lines: 0 },
    { tail_lines: 1e9 },
    { since_seconds: -1 },
    { tail_lines: 1.5 },
  ])
    expect(await refusalOf(() => argo().read(logs, 'shop', { ...orders, pod: POD, ...extra }))).toBe(
      'invalid_arguments',
    );
  expect(twin().requests).toEqual([]);
  await argo().read(logs, 'shop', { ...orders, pod: POD });
  expect(new Map(twin().requests.at(-1)?.query).get('follow')).toBe('false');
});

test.each([
  'main',
  'HEAD',
  '',
  'refs/heads/main',
  '--upload-pack=x',
  'a1'.repeat(19),
  `${'a1'.repeat(20)}\n`,
])('the revision %j is no commit', async (revision) => {
  const attempt = () => argo().write(sync, 'shop', { ...orders, revision });
  expect(await refusalOf(attempt)).toBe('invalid_arguments');
  expect(twin().requests).toEqual([]);
});

test('no argument becomes an option of the operation', async () => {
  for (const extra of [
    { prune: true },
    { force: true },
    { dryRun: false },
    { strategy: { hook: { force: true } } },
    { syncOptions: { items: ['Replace=true'] } },
    { manifests: ['{}'] },
    { resources: [] },
  ]) {
    const args = { ...orders, ...extra };
    expect(await refusalOf(() => argo().write(sync, 'shop', args))).toBe('invalid_arguments');
    expect(await refusalOf(() => argo().write(rollback, 'shop', { ...args, id: 0 }))).toBe(
      'invalid_arguments',
    );
  }
  expect(twin().requests).toEqual([]);
});
