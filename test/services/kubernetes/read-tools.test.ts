import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { deployment, type Lab, openLab, setImage } from './fixture.ts';

const NS = { target: 'prod/shop' };

describe('reading Kubernetes', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
    setImage(lab, 'orders-api', 'orders:2', 'two');
    setImage(lab, 'orders-api', 'orders:3', 'three');
  });
  afterAll(() => lab.close());
  afterEach(() => expect(lab.twin.failures).toEqual([]));

  test('a namespace lists its workloads, and a workload itself', async () => {
    const all = await lab.ok('k8s_list_workloads', NS, 'ops');
    expect(all.workloads).toMatchObject([
      {
        workload: 'deployment/orders-api',
        desired: 2,
        ready: 2,
        rolled_out: true,
        images: ['main=orders:3'],
        revision: 3,
      },
      { workload: 'deployment/payments' },
      { workload: 'statefulset/queue', desired: 1 },
      { workload: 'daemonset/agent', desired: 3, rolled_out: true },
    ]);
    const own = await lab.ok('k8s_list_workloads', {}, 'keeper');
    expect(own.workloads).toMatchObject([{ workload: 'deployment/orders-api' }]);
  });

  test('pods are those of the workload', async () => {
    const { pods } = await lab.ok('k8s_list_pods', {}, 'keeper');
    expect(pods).toHaveLength(2);
    expect(pods).toMatchObject([
      { phase: 'Running', containers: [{ image: 'orders:3', ready: true, state: 'running' }] },
      {},
    ]);
    expect((await lab.ok('k8s_list_pods', NS, 'ops')).pods).toHaveLength(8);
    const daemon = await lab.ok('k8s_list_pods', { ...NS, workload: 'daemonset/agent' }, 'ops');
    expect(daemon.pods).toHaveLength(3);
  });

  test('revisions come newest first, with image and cause', async () => {
    const { revisions } = await lab.ok('k8s_revisions', {}, 'keeper');
    expect(revisions).toMatchObject([
      { revision: 3, current: true, images: ['main=orders:3'], change_cause: 'three', replicas: 2 },
      { revision: 2, current: false, images: ['main=orders:2'], change_cause: 'two', replicas: 0 },
      { revision: 1, current: false, images: ['main=orders:1'] },
    ]);
  });

  test('logs give the last lines of one container', async () => {
    const pod =
      lab.twin.state.pods.find(({ metadata }) => metadata.labels.app === 'orders-api')?.metadata.name ?? '';
    lab.twin.logs.set(pod, 'one\ntwo\nthree\n');
    const logs = await lab.ok('k8s_logs', { pod, tail_lines: 2, since_seconds: 60 }, 'keeper');
    expect(logs.lines).toEqual(['2026-01-02T03:04:05Z two', '2026-01-02T03:04:05Z three']);
    expect(lab.twin.requests.at(-1)?.query).toMatchObject({
      tailLines: '2',
      sinceSeconds: '60',
      container: 'main',
    });
    lab.twin.logs.set(pod, `${'x'.repeat(1000)}\n`.repeat(2000));
    expect(await lab.ok('k8s_logs', { pod, tail_lines: 2000 }, 'keeper')).toMatchObject({ truncated: true });
  });

  test('events are those of the workload and what it owns', async () => {
    const pod = lab.twin.state.pods.find(({ metadata }) => metadata.labels.app === 'orders-api')?.metadata;
    const other = deployment(lab, 'payments').metadata;
    const about = (kind: string, { name = '', uid = '' } = {}, at: string) => ({
      metadata: { name: `${name}.${at}`, namespace: 'shop', uid: lab.twin.state.uid(), labels: {} },
      involvedObject: { kind, name, uid, namespace: 'shop' },
      type: 'Warning',
      reason: 'BackOff',
      message: `about ${name}`,
      count: 3,
      lastTimestamp: at,
    });
    lab.twin.state.events.push(
      about('Pod', pod, '2026-01-01T00:00:00Z'),
      about('Deployment', deployment(lab, 'orders-api').metadata, '2026-01-02T00:00:00Z'),
      about('Deployment', other, '2026-01-03T00:00:00Z'),
    );
    const { events } = await lab.ok('k8s_events', {}, 'keeper');
    expect(events).toMatchObject([
      { object: 'deployment/orders-api', count: 3, reason: 'BackOff' },
      { object: `pod/${pod?.name}` },
    ]);
    expect((await lab.ok('k8s_events', NS, 'ops')).events).toHaveLength(3);
    expect((await lab.ok('k8s_events', { ...NS, type: 'Normal' }, 'ops')).events).toEqual([]);
  });

  test('rollout, usage and description', async () => {
    expect(await lab.ok('k8s_rollout_status', {}, 'keeper')).toMatchObject({
      done: true,
      revision: 3,
      ready: 2,
    });
    const { pods } = await lab.ok('k8s_top', {}, 'keeper');
    expect(pods).toMatchObject([{ cpu_millicores: 13, memory_bytes: 64 * 2 ** 20 }, {}]);
    const described = await lab.ok('k8s_describe', {}, 'keeper');
    expect(described).toMatchObject({
      replicas: 2,
      containers: [{ name: 'main', env: ['TOKEN: a literal value', 'DB_PASSWORD: secret db/password'] }],
    });
  });

  test('a stuck rollout is told as such', async () => {
    const api = deployment(lab, 'orders-api');
    const status = api.status;
    api.status = {
      ...status,
      updatedReplicas: 1,
      conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
    };
    expect(await lab.ok('k8s_rollout_status', {}, 'keeper')).toMatchObject({
      done: false,
      failed: true,
      updated: 1,
    });
    api.status = status;
  });

  test.each([
    [401, 'login_failed'],
    [403, 'permission_denied'],
    [500, 'backend_failed'],
    [302, 'backend_failed'],
  ])('a status of %i is %s', async (status, code) => {
    lab.twin.breakWith(status);
    expect(await lab.fail('k8s_list_workloads', NS, 'ops')).toContain(code);
    lab.twin.breakWith(undefined);
  });
});
