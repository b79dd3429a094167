import { afterAll, beforeAll, expect, test } from 'vitest';
import { SERVICES } from '../../src/services/index.ts';
import { type Lab, openLab } from '../services/kubernetes/fixture.ts';

/** A namespace that no link names, and a cluster that names none. */
let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const TOOLS = (SERVICES.get('kubernetes')?.tools ?? []).map(({ name }) => name);

test.each(['prod/finance', 'prod', 'bare', 'bare/shop', 'bare/finance', 'prod/shop/../finance'])(
  'the target %s has no tool',
  async (target) => {
    lab.twin.forget();
    for (const tool of TOOLS)
      expect(await lab.fail(tool, { target, workload: 'deployment/ledger' }, 'ops')).toMatch(
        /not_linked|unknown_tool/,
      );
    expect(lab.twin.requests).toEqual([]);
  },
);

test('nothing of the other namespace is found by name', async () => {
  lab.twin.forget();
  const pod = lab.twin.state.pods.find(({ metadata }) => metadata.namespace === 'finance')?.metadata.name;
  expect(await lab.fail('k8s_logs', { target: 'prod/shop', pod }, 'ops')).toContain('not_found');
  const args = { target: 'prod/shop', workload: 'deployment/ledger' };
  expect(await lab.fail('k8s_describe', args, 'ops')).toContain('not_found');
  expect(await lab.fail('k8s_scale', { ...args, replicas: 1 }, 'ops')).toContain('not_found');
  expect(lab.twin.requests.length).toBeGreaterThan(2);
  expect(lab.twin.requests.filter(({ path }) => !path.includes('/namespaces/shop/'))).toEqual([]);
});

test('a namespace in the arguments is no argument', async () => {
  lab.twin.forget();
  expect(await lab.fail('k8s_list_pods', { target: 'prod/shop', namespace: 'finance' }, 'ops')).toContain(
    'invalid_arguments',
  );
  expect(lab.twin.requests).toEqual([]);
});
