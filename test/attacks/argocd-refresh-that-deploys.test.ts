import { expect, test } from 'vitest';
import { refresh } from '../../src/services/argocd/tools/refresh.ts';
import { callsOn, refusalOf } from '../services/argocd/attack.ts';
import { deployed, useArgo } from '../services/argocd/fixture.ts';

/** A comparison under auto-sync deploys what it finds: a deployment by the back door. */
const { twin, argo } = useArgo();
const payments = { application: 'payments' };

test.each([{}, { prune: true }, { selfHeal: true }, { enabled: true }])(
  'auto-sync as %j keeps it from being asked for',
  async (automated) => {
    twin().state.app('payments').automated = automated;
    const before = deployed(twin(), 'payments');
    for (const hard of [false, true])
      expect(await refusalOf(() => argo().write(refresh, 'shop', { ...payments, hard }))).toBe('conflict');
    expect(twin().writes()).toEqual([]);
    expect(deployed(twin(), 'payments')).toEqual(before);
  },
);

test('auto-sync that is turned on after the before-image keeps it too', async () => {
  const between = async () => {
    twin().state.app('orders').automated = {};
  };
  const attempt = () => argo().write(refresh, 'shop', { application: 'orders' }, { between });
  expect(await refusalOf(attempt)).toBe('conflict');
  expect(twin().writes()).toEqual([]);
});

test('no read tool compares', async () => {
  const before = deployed(twin(), 'payments');
  const calls = callsOn(argo(), 'payments');
  for (const name of [
    'argocd_get_application',
    'argocd_resource_tree',
    'argocd_diff',
    'argocd_history',
  ] as const)
    await calls[name]();
  expect(deployed(twin(), 'payments')).toEqual(before);
});
