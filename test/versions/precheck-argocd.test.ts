import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reportOf } from '../../src/versions/report.ts';
import { openStack, type TestStack } from '../harness/stack.ts';
import { deployed, FIRST, SECOND, seed, THIRD } from '../services/argocd/fixture.ts';
import { type ArgoTwin, startArgoTwin, TOKEN } from '../twins/argocd.ts';

describe('a rollback of deployments', () => {
  let twin: ArgoTwin;
  let stack: TestStack;
  beforeEach(async () => {
    twin = await startArgoTwin();
    seed(twin);
    stack = await openStack({
      topology: `stack: shop
components:
  cd: {type: argocd, url: ${twin.url}, credentials: {token: {env: ARGO_TOKEN}}, projects: {shop: {}}}
  app: {type: application}
links:
  - {from: app, to: cd, type: operates}
`,
      env: { ARGO_TOKEN: TOKEN, MCP_CD_WRITE_ACCESS: 'true' },
    });
  });
  afterEach(async () => {
    await stack.close();
    await twin.close();
    expect(twin.violations).toEqual([]);
  });
  const history = () => stack.stackward.history;
  const now = () => history().versions.version();
  const orders = () => twin.state.app('orders');
  const run = { principal: 'stack', by: 'tester', signal: new AbortController().signal };
  const plan = (to: number, pause = false) => history().plan('stack', to, { pause_reconcilers: pause });
  const begin = async (to: number, pause = false) => {
    const { digest } = await plan(to, pause);
    return reportOf(await history().rollbacks.begin({ to, digest, pause_reconcilers: pause }, run));
  };
  const sync = async () => {
    const at = now();
    const result = await stack.call('argocd_sync', { application: 'orders' });
    expect(result.isError, JSON.stringify(result.content)).toBe(false);
    twin.forget();
    return at;
  };

  test('is planned by reading alone', async () => {
    const at = await sync();
    expect((await plan(at)).obstacles).toEqual([]);
    expect(twin.writes()).toEqual([]);
  });

  test('needs the right to sync', async () => {
    const at = await sync();
    twin.deny('sync');
    expect((await plan(at)).obstacles).toEqual([expect.stringContaining('may not sync the application')]);
  });

  test('needs the history entry that it goes back to', async () => {
    const at = await sync();
    orders().history = orders().history.slice(-1);
    expect((await plan(at)).obstacles).toEqual([
      expect.stringContaining('no longer keeps the history entry'),
    ]);
    expect(twin.writes()).toEqual([]);
  });

  test('made again, deploys the commit of then and not what Git says now', async () => {
    const at = await sync();
    const synced = now();
    const then = deployed(twin, 'orders');
    await begin(at);
    twin.state.branches.set('main', FIRST);
    expect(await begin(synced)).toMatchObject({ results: [{ result: 'restored_unverified' }] });
    expect(deployed(twin, 'orders')).toEqual(then);
    expect(orders().history.at(-1)?.revision).toBe(THIRD);
  });

  describe('under auto-sync', () => {
    const automated = { prune: true, selfHeal: true };

    test('is refused, and says how it would be accepted', async () => {
      const at = await sync();
      orders().automated = automated;
      expect((await plan(at)).obstacles).toEqual([
        expect.stringMatching(/^version \d+: auto-sync of the application orders .*--pause-reconcilers/),
      ]);
      expect(twin.writes()).toEqual([]);
    });

    test('turns it off with consent, says so, and puts all of it back when told', async () => {
      const at = await sync();
      orders().automated = automated;
      const report = await begin(at, true);
      twin.state.reconcile(orders());
      expect(orders().history.at(-1)?.revision).toBe(SECOND);
      expect(report).toMatchObject({
        at_target: false,
        results: [{ result: 'restored' }],
        paused: [{ name: 'auto-sync of the application orders', held: 'paused' }],
      });
      expect(report.verdict).toContain('auto-sync of orders is off');
      const after = reportOf(await history().rollbacks.resumeReconcilers(report.id, run));
      expect(orders().automated).toEqual(automated);
      expect(after).toMatchObject({ at_target: true, paused: [{ held: 'resumed' }] });
    });

    test('of an ApplicationSet, which would turn it on again, is refused even with consent', async () => {
      const at = await sync();
      Object.assign(orders(), { automated, ownerReferences: [{ kind: 'ApplicationSet', name: 'all' }] });
      expect((await plan(at, true)).obstacles).toEqual([
        expect.stringMatching(/set by the ApplicationSet all.*Stackward cannot hold it still/),
      ]);
      expect(twin.writes()).toEqual([]);
    });

    test('is refused where the account may not change it', async () => {
      const at = await sync();
      orders().automated = automated;
      twin.deny('update');
      expect((await plan(at, true)).obstacles).toEqual([expect.stringContaining('may not update')]);
    });

    test('that somebody set anew meanwhile stays as they set it', async () => {
      const at = await sync();
      orders().automated = automated;
      const { id } = await begin(at, true);
      orders().automated = { prune: false };
      await expect(history().rollbacks.resumeReconcilers(id, run)).rejects.toThrow(
        'somebody set its auto-sync',
      );
      expect(orders().automated).toEqual({ prune: false });
    });
  });
});
