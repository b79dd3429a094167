import { afterEach, beforeEach, expect, test } from 'vitest';
import { deployment, type Lab, openLab, setImage } from '../services/kubernetes/fixture.ts';

/** A rollback to a revision that belongs to another workload would run its image, with its credentials, here. */
let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(() => lab.close());

const untouched = () => {
  expect(deployment(lab, 'orders-api').spec.template.spec.containers[0]?.image).toBe('orders:1');
  expect(lab.twin.requests.filter(({ method }) => method === 'PATCH')).toEqual([]);
};

test('a number that only a neighbour has', async () => {
  setImage(lab, 'payments', 'pay:2');
  setImage(lab, 'payments', 'pay:3');
  expect(await lab.fail('k8s_rollback_workload', { revision: 3 }, 'keeper')).toContain('not_found');
  untouched();
});

test('a ReplicaSet that wears the labels and the number of a revision, and another owner', async () => {
  const { state } = lab.twin;
  const own = state.replicaSets.find(({ metadata }) => metadata.labels.app === 'orders-api');
  if (!own) throw new Error('the lab has changed');
  const planted = structuredClone(own);
  planted.metadata = state.meta('shop', 'planted', own.metadata.labels);
  planted.metadata.annotations['deployment.kubernetes.io/revision'] = '7';
  for (const container of planted.spec.template.spec.containers) container.image = 'evil:1';
  state.replicaSets.push(planted);
  for (const as of ['keeper', 'ops']) {
    const target = as === 'ops' ? { target: 'prod/shop', workload: 'deployment/orders-api' } : {};
    expect(JSON.stringify(await lab.ok('k8s_revisions', target, as))).not.toContain('evil');
    expect(await lab.fail('k8s_rollback_workload', { ...target, revision: 7 }, as)).toContain('not_found');
  }
  untouched();
});

test.each([0, -1, 1.5, '1', null])('the revision %j is none', async (revision) => {
  expect(await lab.fail('k8s_rollback_workload', { revision }, 'keeper')).toContain('invalid_arguments');
  untouched();
});
