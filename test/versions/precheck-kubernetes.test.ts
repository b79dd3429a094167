import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reportOf } from '../../src/versions/report.ts';
import { deployment, type Lab, openLab, setImage } from '../services/kubernetes/fixture.ts';

describe('a rollback in a cluster', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await openLab();
    lab.twin.forget();
  });
  afterEach(async () => {
    await lab.close();
    expect(lab.twin.failures).toEqual([]);
  });
  const history = () => lab.stack.stackward.history;
  const now = () => history().versions.version();
  const plan = (to: number, pause = false) => history().plan('stack', to, { pause_reconcilers: pause });
  const begin = async (to: number, pause = false) => {
    const { digest } = await plan(to, pause);
    const seen = { to, digest, pause_reconcilers: pause };
    return reportOf(await history().rollbacks.begin(seen, run));
  };
  const run = { principal: 'stack', by: 'tester', signal: new AbortController().signal };
  const lasting = () =>
    lab.twin.requests.filter(({ method, query }) => method !== 'GET' && query.dryRun === undefined);
  const api = () => deployment(lab, 'orders-api');
  const autoscaler = () => lab.twin.state.autoscalers[0]?.spec;

  describe('is tried before its first change', () => {
    test('by the cluster itself, of which nothing lasts', async () => {
      const at = now();
      await lab.ok('k8s_scale', { target: 'prod/shop', workload: 'deployment/orders-api', replicas: 4 });
      lab.twin.forget();
      expect((await plan(at)).obstacles).toEqual([]);
      expect(lab.twin.requests.filter(({ query }) => query.dryRun === 'All')).toHaveLength(2);
      expect(lasting()).toEqual([]);
      expect(api().spec.replicas).toBe(4);
    });

    test('with the revision that it needs', async () => {
      setImage(lab, 'orders-api', 'orders:2');
      const at = now();
      const workload = { target: 'prod/shop', workload: 'deployment/orders-api' };
      await lab.ok('k8s_rollback_workload', { ...workload, revision: 1 });
      await lab.ok('k8s_scale', { ...workload, replicas: 3 });
      lab.twin.state.replicaSets = lab.twin.state.replicaSets.filter(
        ({ metadata }) => metadata.annotations['deployment.kubernetes.io/revision'] !== '2',
      );
      lab.twin.forget();
      const { digest, obstacles } = await plan(at);
      expect(obstacles).toEqual([
        expect.stringMatching(
          /^version \d+: the cluster no longer keeps revision 2 of deployment\/orders-api/,
        ),
      ]);
      await expect(history().rollbacks.begin({ to: at, digest }, run)).rejects.toThrow('no longer keeps');
      expect(lasting()).toEqual([]);
      expect(api().spec.replicas).toBe(3);
    });

    test('with the rights that it needs, of every step', async () => {
      const at = now();
      const both = ['deployment/orders-api', 'statefulset/queue'];
      for (const workload of both) await lab.ok('k8s_scale', { target: 'prod/shop', workload, replicas: 3 });
      lab.twin.forbid(/^PATCH .*\/orders-api\/scale$/);
      const { obstacles } = await plan(at);
      expect(obstacles).toEqual([
        expect.stringMatching(/^version \d+: the cluster’s RBAC does not permit it for scale of deployment/),
      ]);
    });

    test('and what somebody did since is found then, and not half-way', async () => {
      const at = now();
      for (const workload of ['statefulset/queue', 'deployment/orders-api'])
        await lab.ok('k8s_scale', { target: 'prod/shop', workload, replicas: 3 });
      const changed = structuredClone(api());
      changed.spec.replicas = 7;
      lab.twin.state.store('deployments', api(), changed);
      expect((await plan(at)).obstacles).toEqual([expect.stringContaining('somebody scaled it to 7 since')]);
    });

    test('though the later steps of a workload find it as only the earlier ones leave it', async () => {
      const at = now();
      for (const replicas of [3, 4, 5])
        await lab.ok('k8s_scale', { target: 'prod/shop', workload: 'deployment/orders-api', replicas });
      expect((await plan(at)).obstacles).toEqual([]);
      expect(await begin(at)).toMatchObject({ at_target: true });
      expect(api().spec.replicas).toBe(2);
    });
  });

  describe('past an autoscaler', () => {
    const scaled = async (...numbers: number[]) => {
      const at = now();
      for (const replicas of numbers)
        await lab.ok('k8s_scale', { target: 'prod/shop', workload: 'deployment/orders-api', replicas });
      lab.twin.state.addAutoscaler('shop', 'orders', 'orders-api', { min: 4, max: 9 });
      lab.twin.forget();
      return at;
    };

    test('is refused, names it and says what would be accepted', async () => {
      const at = await scaled(5);
      const { obstacles, reconcilers } = await plan(at);
      expect(reconcilers).toMatchObject([{ name: 'the autoscaler orders', target: 'prod/shop' }]);
      expect(obstacles).toEqual([
        expect.stringMatching(/keeps deployment\/orders-api between 4 and 9 replicas.*--pause-reconcilers/),
      ]);
      expect(lasting()).toEqual([]);
    });

    test('lets it rest with consent, says so, and lets it go on when told', async () => {
      const at = await scaled(5, 6);
      const before = structuredClone(autoscaler());
      const planned = await plan(at, true);
      expect(planned.obstacles).toEqual([]);
      expect(planned.digest).not.toBe((await plan(at)).digest);
      const report = await begin(at, true);
      lab.twin.state.autoscale(8);
      expect(api().spec.replicas).toBe(2);
      expect(autoscaler()).toMatchObject({ minReplicas: 2, maxReplicas: 9 });
      expect(report).toMatchObject({
        at_target: false,
        paused: [{ name: 'the autoscaler orders', held: 'paused' }],
        next: [expect.stringContaining(`--resume-reconcilers ${report.id}`)],
      });
      expect(report.verdict).toContain('everything came back and was read back; the autoscaler orders');
      const after = reportOf(await history().rollbacks.resumeReconcilers(report.id, run));
      expect(autoscaler()).toEqual(before);
      lab.twin.state.autoscale(8);
      expect(api().spec.replicas).toBe(4);
      expect(after).toMatchObject({ at_target: true, next: [], paused: [{ held: 'resumed' }] });
    });

    test('keeps what was before in versions, so that rolling back the rollback lets it go on too', async () => {
      const at = await scaled(5);
      const before = structuredClone(autoscaler());
      const { snapshot } = await begin(at, true);
      const back = await begin(snapshot);
      expect(back.results.map(({ tool, result }) => [tool, result])).toEqual([
        ['k8s_scale', 'restored_unverified'],
        ['k8s_pause_autoscaler', 'restored'],
      ]);
      expect(api().spec.replicas).toBe(5);
      expect(autoscaler()).toEqual(before);
    });

    test('is refused where its account may not change it', async () => {
      const at = await scaled(5);
      lab.twin.forbid(/^PATCH .*horizontalpodautoscalers/);
      expect((await plan(at, true)).obstacles).toEqual([
        expect.stringMatching(/the autoscaler orders cannot be held still: the cluster’s RBAC/),
      ]);
      expect(lasting()).toEqual([]);
    });

    test('leaves bounds alone that somebody set since', async () => {
      const at = await scaled(5);
      const { id } = await begin(at, true);
      Object.assign(autoscaler() ?? {}, { minReplicas: 1, maxReplicas: 20 });
      await expect(history().rollbacks.resumeReconcilers(id, run)).rejects.toThrow('bounds are 1 and 20');
      expect(autoscaler()).toMatchObject({ minReplicas: 1, maxReplicas: 20 });
    });

    test('no client is offered the pause, nor may it call it', async () => {
      await scaled(5);
      const { catalogs } = lab.stack.stackward;
      expect(catalogs.of('stack').list.map(({ name }) => name)).not.toContain('k8s_pause_autoscaler');
      const pause = { target: 'prod/shop', workload: 'deployment/orders-api', replicas: 1 };
      expect(await lab.fail('k8s_pause_autoscaler', pause)).toContain('unknown_tool');
      expect(lasting()).toEqual([]);
    });
  });
});
