import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { deployment, type Lab, openLab } from '../services/kubernetes/fixture.ts';

/** A link into one workload: its neighbours in the namespace are out of reach, by name, label and forged owner. */
let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
beforeEach(() => lab.twin.forget());
afterAll(() => lab.close());

test.each(['k8s_describe', 'k8s_list_pods', 'k8s_events', 'k8s_revisions', 'k8s_rollout_status', 'k8s_top'])(
  '%s of another workload',
  async (tool) => {
    for (const workload of ['deployment/payments', 'statefulset/orders-api', 'statefulset/queue'])
      expect(await lab.fail(tool, { workload }, 'keeper')).toContain('not_linked');
    expect(lab.twin.requests).toEqual([]);
  },
);

test.each([
  ['k8s_scale', { replicas: 1 }],
  ['k8s_restart', {}],
  ['k8s_rollback_workload', { revision: 1 }],
])('%s of another workload', async (tool, args) => {
  expect(await lab.fail(tool, { ...args, workload: 'deployment/payments' }, 'keeper')).toContain(
    'not_linked',
  );
  expect(lab.twin.requests).toEqual([]);
});

test('logs of a neighbour’s pod', async () => {
  const pod = lab.twin.state.pods.find(({ metadata }) => metadata.labels.app === 'payments')?.metadata.name;
  expect(await lab.fail('k8s_logs', { pod }, 'keeper')).toContain('not_found');
  expect(lab.twin.requests.filter(({ path }) => path.endsWith('/log') || path.includes('payments'))).toEqual(
    [],
  );
});

test('a pod that only wears the labels, or names an owner that is none of its own', async () => {
  const { state } = lab.twin;
  const own = state.pods.find(({ metadata }) => metadata.labels.app === 'orders-api');
  if (!own) throw new Error('the lab has changed');
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: own.metadata.ownerReferences?.[0]?.name ?? '',
  };
  const forged = [
    undefined,
    { ...owner, uid: 'other', controller: true },
    { ...owner, uid: own.metadata.ownerReferences?.[0]?.uid ?? '', controller: false },
  ];
  forged.forEach((one, i) => {
    const pod = structuredClone(own);
    pod.metadata = state.meta('shop', `stranger-${i}`, own.metadata.labels, one);
    state.pods.push(pod);
  });
  const { pods } = await lab.ok('k8s_list_pods', {}, 'keeper');
  expect(JSON.stringify(pods)).not.toContain('stranger');
  expect(JSON.stringify(await lab.ok('k8s_top', {}, 'keeper'))).not.toContain('stranger');
  for (const pod of ['stranger-0', 'stranger-1', 'stranger-2'])
    expect(await lab.fail('k8s_logs', { pod }, 'keeper')).toContain('not_found');
  expect(lab.twin.requests.filter(({ path }) => path.endsWith('/log'))).toEqual([]);
});

test('events are asked for by the uid of what it owns, never for the namespace', async () => {
  await lab.ok('k8s_events', {}, 'keeper');
  const asked = lab.twin.requests.filter(({ path }) => path.endsWith('/events'));
  const foreign = deployment(lab, 'payments').metadata.uid;
  expect(asked.length).toBeGreaterThan(2);
  expect(asked.every(({ query }) => /^involvedObject\.uid=[-0-9a-f]+$/.test(query.fieldSelector ?? ''))).toBe(
    true,
  );
  expect(asked.some(({ query }) => query.fieldSelector?.includes(foreign))).toBe(false);
});
