import { expect, test } from 'vitest';
import { listApplications } from '../../src/services/argocd/tools/list-applications.ts';
import { callsOn, refusalOf } from '../services/argocd/attack.ts';
import { deployed, useArgo } from '../services/argocd/fixture.ts';

/** An application of another project, called by name. A server that does not check the project is asked too. */
const { twin, argo } = useArgo();
const NAMES = Object.keys(callsOn(argo(), '')) as (keyof ReturnType<typeof callsOn>)[];

test.each(NAMES)('%s does not find it, and nothing of it leaves', async (name) => {
  const before = deployed(twin(), 'ledger');
  expect(await refusalOf(callsOn(argo(), 'ledger')[name])).toBe('not_found');
  expect(twin().requests.map(({ method, path }) => [method, path])).toEqual([
    ['GET', '/api/v1/applications/ledger'],
  ]);
  expect(twin().requests[0]?.query).toEqual([
    ['project', 'shop'],
    ['appNamespace', 'argocd'],
  ]);
  expect(deployed(twin(), 'ledger')).toEqual(before);
});

test.each(NAMES)('%s believes the server’s word on the project, not the caller’s', async (name) => {
  // A server that ignores the parameters: the application that it gives is of another project.
  twin().lie((request, answer) => {
    if (!request.path.endsWith('/orders')) return answer;
    const found = structuredClone(answer) as { spec: { project: string } };
    found.spec.project = 'finance';
    return found;
  });
  const before = deployed(twin(), 'orders');
  expect(await refusalOf(callsOn(argo(), 'orders')[name])).toBe('not_found');
  expect(twin().requests).toHaveLength(1);
  expect(twin().writes()).toEqual([]);
  expect(deployed(twin(), 'orders')).toEqual(before);
});

test('an application that names no project is of the project default', async () => {
  twin().lie((_, answer) => {
    const found = structuredClone(answer) as { spec: { project?: string } };
    found.spec.project = '';
    return found;
  });
  expect(await refusalOf(callsOn(argo(), 'orders').argocd_get_application)).toBe('not_found');
});

test('a list that holds others is filtered', async () => {
  twin().lie((_, answer) => {
    const { items } = structuredClone(answer) as { items: { spec: { project: string }; metadata: object }[] };
    const [first] = items;
    if (!first) throw new Error('the list is empty');
    const foreign = {
      ...first,
      spec: { ...first.spec, project: 'finance' },
      metadata: { name: 'ledger', namespace: 'argocd' },
    };
    const elsewhere = { ...first, metadata: { name: 'hidden', namespace: 'team' } };
    return { items: [...items, foreign, elsewhere] };
  });
  const { applications } = await argo().read(listApplications, 'shop', {});
  expect(applications.map(({ application }) => application)).toEqual(['orders', 'payments', 'fresh']);
});

test('an answer about another application than the one asked for is none', async () => {
  twin().lie((_, answer) => ({ ...(answer as object), metadata: { name: 'payments', namespace: 'argocd' } }));
  expect(await refusalOf(callsOn(argo(), 'orders').argocd_get_application)).toBe('not_found');
});
