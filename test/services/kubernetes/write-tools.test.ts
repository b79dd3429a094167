import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { restart } from '../../../src/services/kubernetes/tools/restart.ts';
import { rollbackWorkload } from '../../../src/services/kubernetes/tools/rollback-workload.ts';
import { scale } from '../../../src/services/kubernetes/tools/scale.ts';
import { deployment, type Lab, LITERAL, openLab, setImage } from './fixture.ts';
import { writeOf } from './session.ts';

const NS = { target: 'prod/shop' };
const STAMP = 'kubectl.kubernetes.io/restartedAt';

describe('writing to Kubernetes', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await openLab();
    setImage(lab, 'orders-api', 'orders:2', 'two');
    setImage(lab, 'orders-api', 'orders:3', 'three');
    lab.twin.forget();
  });
  afterEach(async () => {
    await lab.close();
    expect(lab.twin.failures).toEqual([]);
  });
  const api = () => deployment(lab, 'orders-api');
  const image = () => api().spec.template.spec.containers[0]?.image;
  const patches = () => lab.twin.requests.filter(({ method }) => method === 'PATCH');

  test('a rollback puts the template of the revision back whole, after a dry run', async () => {
    const done = await lab.ok('k8s_rollback_workload', { revision: 1 }, 'keeper');
    expect(done).toMatchObject({ from_revision: 3, to_revision: 1, images: ['main=orders:1'] });
    expect(image()).toBe('orders:1');
    expect(api().spec.template.spec.futureField).toEqual({ keep: 'me' });
    expect(api().metadata.annotations['deployment.kubernetes.io/revision']).toBe('4');
    expect(api().metadata.annotations['kubernetes.io/change-cause']).toBeUndefined();
    expect(patches().map(({ query }) => query.dryRun)).toEqual(['All', undefined]);
    expect(patches()[0]?.body).toEqual(patches()[1]?.body);
  });

  test('the way back of a rollback is the previous revision’s template', async () => {
    const write = await writeOf(lab, rollbackWorkload, { revision: 1 });
    await write.run();
    await write.revert();
    expect(image()).toBe('orders:3');
    expect(api().metadata.annotations['kubernetes.io/change-cause']).toBe('three');
    expect(JSON.stringify([write.before, write.after()])).not.toContain(LITERAL);
  });

  test('a rollback that somebody overtook is not taken back', async () => {
    const write = await writeOf(lab, rollbackWorkload, { revision: 1 });
    await write.run();
    setImage(lab, 'orders-api', 'orders:9');
    await expect(write.revert()).rejects.toMatchObject({ code: 'conflict' });
    expect(image()).toBe('orders:9');
  });

  test('a rollback whose previous revision the cluster dropped cannot be taken back, and says so', async () => {
    const write = await writeOf(lab, rollbackWorkload, { revision: 1 });
    await write.run();
    const { state } = lab.twin;
    state.replicaSets = state.replicaSets.filter(
      ({ spec }) => spec.template.spec.containers[0]?.image !== 'orders:3',
    );
    await expect(write.revert()).rejects.toMatchObject({ code: 'conflict' });
  });

  test('scaling says what was, and its way back is that', async () => {
    const write = await writeOf(lab, scale, { replicas: 5, from: 2 });
    expect(await write.run()).toEqual({ workload: 'deployment/orders-api', was: 2, replicas: 5 });
    expect(api().spec.replicas).toBe(5);
    await write.revert();
    expect(api().spec.replicas).toBe(2);
    expect(patches().every(({ path }) => path.endsWith('/deployments/orders-api/scale'))).toBe(true);
  });

  test('scaling to none and back', async () => {
    const write = await writeOf(lab, scale, { replicas: 0 });
    expect(await write.run()).toMatchObject({ replicas: 0 });
    await write.revert();
    expect(api().spec.replicas).toBe(2);
  });

  test('a scaling that somebody overtook is not taken back', async () => {
    const write = await writeOf(lab, scale, { replicas: 4 });
    await write.run();
    const changed = structuredClone(api());
    changed.spec.replicas = 7;
    lab.twin.state.store('deployments', api(), changed);
    await expect(write.revert()).rejects.toMatchObject({ code: 'conflict' });
    expect(api().spec.replicas).toBe(7);
  });

  test('a number that an autoscaler keeps is left alone, also on the way back', async () => {
    const autoscaler = {
      metadata: { ...structuredClone(api().metadata), name: 'orders' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'orders-api' },
        minReplicas: 2,
        maxReplicas: 9,
      },
    };
    const write = await writeOf(lab, scale, { replicas: 4 });
    await write.run();
    lab.twin.state.autoscalers.push(autoscaler);
    lab.twin.forget();
    await expect(write.revert()).rejects.toMatchObject({ code: 'conflict' });
    expect(await lab.fail('k8s_scale', { replicas: 5 }, 'keeper')).toContain(
      'the autoscaler orders keeps it between 2 and 9',
    );
    expect(patches()).toEqual([]);
    expect(api().spec.replicas).toBe(4);
    autoscaler.spec.scaleTargetRef.name = 'another';
    await lab.ok('k8s_scale', { replicas: 5 }, 'keeper');
  });

  test('a restart stamps the template, and taking it back removes the stamp', async () => {
    const write = await writeOf(lab, restart, {});
    await write.run();
    expect(api().spec.template.metadata.annotations?.[STAMP]).toMatch(/^\d{4}-/);
    await write.revert();
    expect(api().spec.template.metadata.annotations?.[STAMP]).toBeUndefined();
    expect(image()).toBe('orders:3');
  });

  test('a restart after a restart goes back to the first', async () => {
    const changed = structuredClone(api());
    changed.spec.template.metadata.annotations = { [STAMP]: '2020-01-01T00:00:00Z', other: 'kept' };
    lab.twin.state.store('deployments', api(), changed);
    const write = await writeOf(lab, restart, {});
    await write.run();
    await write.revert();
    expect(api().spec.template.metadata.annotations).toEqual({
      [STAMP]: '2020-01-01T00:00:00Z',
      other: 'kept',
    });
  });

  test('every kind restarts, and a StatefulSet scales', async () => {
    await lab.ok('k8s_restart', { ...NS, workload: 'daemonset/agent' }, 'ops');
    await lab.ok('k8s_restart', { target: 'queue' }, 'ops');
    await lab.ok('k8s_scale', { ...NS, workload: 'statefulset/queue', replicas: 3 }, 'ops');
    expect(lab.twin.state.workloads.statefulsets[0]?.spec.replicas).toBe(3);
    expect(await lab.fail('k8s_scale', { ...NS, workload: 'daemonset/agent', replicas: 3 }, 'ops')).toContain(
      'no number of replicas',
    );
  });

  test.each([
    ['k8s_scale', { replicas: 3 }],
    ['k8s_restart', {}],
    ['k8s_rollback_workload', { revision: 1 }],
  ])('%s writes nothing when the object changes meanwhile', async (tool, args) => {
    lab.twin.meanwhile(() => setImage(lab, 'orders-api', 'theirs:1'));
    expect(await lab.fail(tool, args, 'keeper')).toContain('conflict');
    expect(image()).toBe('theirs:1');
    expect(api().spec.replicas).toBe(2);
  });

  test('what the cluster refuses in the dry run is not written', async () => {
    lab.twin.refuseDryRun();
    expect(await lab.fail('k8s_scale', { replicas: 3 }, 'keeper')).toContain('query_failed');
    expect(patches()).toHaveLength(1);
    expect(api().spec.replicas).toBe(2);
  });

  test('a paused rollout is left alone', async () => {
    api().spec.paused = true;
    expect(await lab.fail('k8s_rollback_workload', { revision: 1 }, 'keeper')).toContain('paused');
    expect(await lab.fail('k8s_restart', {}, 'keeper')).toContain('paused');
    expect(patches()).toEqual([]);
  });

  test('a wrong number to start from, and the revision it runs already, are conflicts', async () => {
    expect(await lab.fail('k8s_scale', { replicas: 3, from: 4 }, 'keeper')).toContain('conflict');
    expect(await lab.fail('k8s_rollback_workload', { revision: 3 }, 'keeper')).toContain('conflict');
    expect(patches()).toEqual([]);
  });
});
