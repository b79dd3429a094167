import { expect, test } from 'vitest';
import { callsOn, refusalOf } from '../services/argocd/attack.ts';
import { deployed, openArgo, STEERS, useArgo } from '../services/argocd/fixture.ts';

/** An application whose manifests are Applications: deploying it would deploy into projects that no link names. */
const { twin, argo } = useArgo();
const KINDS = ['Application', 'ApplicationSet', 'AppProject', 'SomethingNew'];

test.each(KINDS)('a %s is not deployed, with or without approval', async (kind) => {
  const child = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind,
    metadata: { name: 'child', namespace: 'argocd' },
  };
  twin().state.commits.set(STEERS, [...twin().state.manifestsOf('main'), child]);
  twin().state.branches.set('main', STEERS);
  const before = deployed(twin(), 'orders');
  const { argocd_sync, argocd_deploy_irreversibly } = callsOn(argo(), 'orders');
  for (const call of [argocd_sync, argocd_deploy_irreversibly])
    expect(await refusalOf(call)).toBe('query_refused');
  const bodies = twin()
    .writes()
    .map(({ body }) => body as { dryRun: boolean });
  expect(bodies.map(({ dryRun }) => dryRun)).toEqual([true, true]);
  expect(deployed(twin(), 'orders')).toEqual(before);
});

test('a rollback to a time when it did is refused as well', async () => {
  const app = twin().state.app('orders');
  const main = twin().state.resolve('main');
  twin().state.deploy(app, STEERS);
  twin().state.deploy(app, main);
  app.history = app.history.filter(({ revision }) => revision === STEERS || revision === main);
  const [target] = app.history;
  const lab = openArgo(twin().url);
  const { rollback } = await import('../../src/services/argocd/tools/rollback.ts');
  twin().forget();
  expect(
    await refusalOf(() => lab.write(rollback, 'shop', { application: 'orders', id: target?.id ?? -1 })),
  ).toBe('query_refused');
  expect(
    twin()
      .writes()
      .map(({ body }) => (body as { dryRun: boolean }).dryRun),
  ).toEqual([true]);
});

test('a Rollout of the same API group is a workload, and is deployed', async () => {
  const rollout = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'shop' },
  };
  twin().state.commits.set(STEERS, [...twin().state.manifestsOf('main'), rollout]);
  twin().state.branches.set('main', STEERS);
  await callsOn(argo(), 'orders').argocd_deploy_irreversibly();
  expect([...twin().state.app('orders').live.keys()]).toContain('argoproj.io/Rollout/shop/web');
});
