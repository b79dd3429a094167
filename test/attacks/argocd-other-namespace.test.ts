import { expect, test } from 'vitest';
import { getApplication } from '../../src/services/argocd/tools/get-application.ts';
import { sync } from '../../src/services/argocd/tools/sync.ts';
import { refusalOf } from '../services/argocd/attack.ts';
import { openArgo, useArgo } from '../services/argocd/fixture.ts';

/** Two Application objects of one name and one project, in two namespaces. */
const { twin, argo } = useArgo();
const orders = { application: 'orders' };

test('the one in the entry’s namespace is deployed, and the other stays', async () => {
  const other = structuredClone(twin().state.app('orders', 'team').history);
  await argo().write(sync, 'shop', orders);
  expect(twin().state.app('orders').history).toHaveLength(3);
  expect(twin().state.app('orders', 'team').history).toEqual(other);
  const team = openArgo(twin().url, { shop: { namespace: 'team' } });
  await team.write(sync, 'shop', orders);
  expect(twin().state.app('orders', 'team').history).toHaveLength(3);
  expect(twin().state.app('orders').history).toHaveLength(3);
});

test('a server that ignores the namespace is not believed', async () => {
  twin().lie((_, answer) => ({ ...(answer as object), metadata: { name: 'orders', namespace: 'team' } }));
  expect(await refusalOf(() => argo().read(getApplication, 'shop', orders))).toBe('not_found');
  expect(await refusalOf(() => argo().write(sync, 'shop', orders))).toBe('not_found');
  expect(twin().writes()).toEqual([]);
});
