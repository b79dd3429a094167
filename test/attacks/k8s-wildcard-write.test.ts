import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Lab, openLab } from '../services/kubernetes/fixture.ts';

/** A write that names no single workload, or more pods than one call may touch. */
let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
beforeEach(() => lab.twin.forget());
afterEach(() => expect(lab.twin.requests.filter(({ method }) => method !== 'GET')).toEqual([]));
afterAll(() => lab.close());

const NS = { target: 'prod/shop' };

test.each([
  '*',
  'deployment/*',
  'deployment/',
  'all',
  'deployment/all,payments',
  'deployment/orders-*',
  '',
  '%',
])('the workload %j', async (workload) => {
  expect(await lab.fail('k8s_scale', { ...NS, workload, replicas: 0 }, 'ops')).toContain('invalid_arguments');
  expect(await lab.fail('k8s_restart', { ...NS, workload }, 'ops')).toContain('invalid_arguments');
  expect(lab.twin.requests).toEqual([]);
});

test('no workload where the target is a namespace', async () => {
  expect(await lab.fail('k8s_restart', NS, 'ops')).toContain('KIND/NAME');
  expect(lab.twin.requests).toEqual([]);
});

test('more pods than the blast radius', async () => {
  expect(await lab.fail('k8s_scale', { replicas: 900, from: 2 }, 'keeper')).toContain('write_refused');
  expect(lab.twin.requests).toEqual([]);
});

test('more pods than the call says, by leaving out or misstating where it starts', async () => {
  expect(await lab.fail('k8s_scale', { replicas: 40 }, 'keeper')).toContain('write_refused');
  expect(await lab.fail('k8s_scale', { replicas: 900, from: 899 }, 'keeper')).toContain('conflict');
});

test.each([-1, 1.5, '3', Number.MAX_SAFE_INTEGER])('%j replicas', async (replicas) => {
  expect(await lab.fail('k8s_scale', { replicas }, 'keeper')).toContain('invalid_arguments');
});

test('without the flag, by a link that is capped, and on what is protected', async () => {
  expect(await lab.fail('k8s_scale', { target: 'orders-api', replicas: 1 }, 'watcher')).toContain('capped');
  // Protected under its own name, and so under its namespace's too.
  const args = { ...NS, workload: 'deployment/payments' };
  expect(await lab.fail('k8s_restart', args, 'ops')).toContain('protected');
  expect(await lab.fail('k8s_scale', { ...args, replicas: 0 }, 'ops')).toContain('protected');
  expect(await lab.fail('k8s_rollback_workload', { ...args, revision: 1 }, 'ops')).toContain('protected');
  const closed = await openLab({});
  expect(closed.stack.tools('ops')).not.toContain('k8s_scale');
  expect(
    await closed.fail('k8s_scale', { ...NS, workload: 'deployment/orders-api', replicas: 1 }, 'ops'),
  ).toMatch(/unknown_tool|not_linked/);
  expect(closed.twin.requests).toEqual([]);
  await closed.close();
});
