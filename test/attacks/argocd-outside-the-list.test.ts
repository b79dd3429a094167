import { expect, test } from 'vitest';
import { getApplication } from '../../src/services/argocd/tools/get-application.ts';
import { listApplications } from '../../src/services/argocd/tools/list-applications.ts';
import { sync } from '../../src/services/argocd/tools/sync.ts';
import { callsOn, refusalOf } from '../services/argocd/attack.ts';
import { useArgo } from '../services/argocd/fixture.ts';

/** An application of the same project that the link does not name. */
const { twin, argo } = useArgo({ shop: { applications: ['orders'] } });
const NAMES = Object.keys(callsOn(argo(), '')) as (keyof ReturnType<typeof callsOn>)[];

test.each(NAMES)('%s refuses it before a byte leaves', async (name) => {
  for (const application of ['payments', 'order', 'orders-2'])
    expect(await refusalOf(callsOn(argo(), application)[name])).toBe('not_linked');
  expect(twin().requests).toEqual([]);
});

test('no tool of applications works on a component as a whole', async () => {
  const { read, write } = argo();
  const application = 'orders';
  expect(await refusalOf(() => read(getApplication, undefined, { application }))).toBe('target_required');
  expect(await refusalOf(() => read(listApplications, undefined, {}))).toBe('target_required');
  expect(await refusalOf(() => write(sync, undefined, { application }))).toBe('target_required');
  expect(twin().requests).toEqual([]);
});

test('the list shows it not', async () => {
  const { applications } = await argo().read(listApplications, 'shop', {});
  expect(applications.map(({ application }) => application)).toEqual(['orders']);
});
