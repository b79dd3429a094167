import { describe, expect, test } from 'vitest';
import { deployIrreversibly } from '../../../src/services/argocd/tools/deploy-irreversibly.ts';
import { refresh } from '../../../src/services/argocd/tools/refresh.ts';
import { rollback } from '../../../src/services/argocd/tools/rollback.ts';
import { sync } from '../../../src/services/argocd/tools/sync.ts';
import type { TwinRequest } from '../../twins/argocd.ts';
import { CREATES, code, deployed, FIRST, HOOKS, SECOND, THIRD, useArgo } from './fixture.ts';

const { twin, argo } = useArgo();
const orders = { application: 'orders' };
const payments = { application: 'payments' };

const bodies = () =>
  twin()
    .writes()
    .map(({ body }) => body as Record<string, unknown>);
const isReal = ({ body, method }: TwinRequest) =>
  method === 'POST' && (body as { dryRun: boolean }).dryRun === false;

/** Expects a refusal after which nothing but dry runs was asked for, and what is deployed is what was. */
async function refused(attempt: () => Promise<unknown>, wanted: string, words: RegExp, name = 'orders') {
  const before = deployed(twin(), name);
  const error = await attempt().catch((thrown: unknown) => thrown);
  expect(error).toEqual(code(wanted));
  expect(String(error)).toMatch(words);
  expect(twin().writes().filter(isReal)).toEqual([]);
  expect(deployed(twin(), name)).toEqual(before);
}

describe('argocd_sync', () => {
  test('tries, then deploys the very commit that it tried', async () => {
    const { output } = await argo().write(sync, 'shop', orders);
    expect(output).toMatchObject({
      phase: 'Succeeded',
      revisions: [THIRD],
      history_id: 2,
      created: [],
      truncated: false,
    });
    expect(output.resources.map(({ resource, status }) => [resource, status])).toEqual([
      ['Deployment shop/web', 'Synced'],
      ['ConfigMap shop/settings', 'Synced'],
      ['Secret shop/db', 'Synced'],
    ]);
    const place = { name: 'orders', project: 'shop', appNamespace: 'argocd', prune: false };
    expect(bodies()).toEqual([
      {
        ...place,
        dryRun: true,
        infos: [{ name: 'stackward', value: 'tester call-1 dry run' }],
        retryStrategy: { limit: 0 },
      },
      { ...place, dryRun: false, revision: THIRD, infos: [{ name: 'stackward', value: 'tester call-1' }] },
    ]);
  });

  test('a branch that moves after the dry run is not deployed', async () => {
    twin().before(isReal, () => twin().state.branches.set('main', CREATES));
    const { output } = await argo().write(sync, 'shop', orders);
    expect(output.revisions).toEqual([THIRD]);
    expect(twin().state.app('orders').live.size).toBe(3);
  });

  test('a commit of the history is deployed, and no other', async () => {
    const { output } = await argo().write(sync, 'shop', { ...orders, revision: FIRST });
    expect(output).toMatchObject({ phase: 'Succeeded', revisions: [FIRST] });
    twin().forget();
    await refused(
      () => argo().write(sync, 'shop', { ...orders, revision: CREATES }),
      'not_found',
      /argocd_history/,
    );
    expect(twin().writes()).toEqual([]);
  });

  test('a dry run that fails ends it, without the cluster’s words', async () => {
    twin().state.failing.set('settings', 'dry');
    const attempt = () => argo().write(sync, 'shop', orders);
    await refused(attempt, 'query_failed', /ended as Failed, at ConfigMap shop\/settings/);
    await expect(attempt()).rejects.not.toThrow(/admission webhook/);
  });

  test('a deployment that fails is told as it ended', async () => {
    twin().state.failing.set('settings', 'real');
    const { output } = await argo().write(sync, 'shop', orders);
    expect(output).toMatchObject({ phase: 'Failed' });
    expect(output.history_id).toBeUndefined();
    expect(output.resources.at(-1)).toMatchObject({
      resource: 'ConfigMap shop/settings',
      status: 'SyncFailed',
    });
  });

  test('what cannot be taken back is refused', async () => {
    const attempt = () => argo().write(sync, 'shop', orders);
    twin().state.branches.set('main', CREATES);
    await refused(attempt, 'conflict', /creates resources.*Service shop\/extra.*argocd_deploy_irreversibly/);
    twin().state.branches.set('main', HOOKS);
    await refused(attempt, 'conflict', /hooks.*Job shop\/migrate/);
    twin().state.branches.set('main', THIRD);
    twin().state.app('orders').syncOptions = ['CreateNamespace=true', 'Replace=true'];
    await refused(attempt, 'conflict', /Replace=true/);
    await refused(
      () => argo().write(sync, 'shop', { application: 'fresh' }),
      'conflict',
      /never deployed/,
      'fresh',
    );
  });

  test('auto-sync is refused, and told what it does', async () => {
    const attempt = () => argo().write(sync, 'shop', payments);
    await refused(attempt, 'conflict', /auto-sync is on.*self-heal undoes/, 'payments');
    expect(twin().writes()).toEqual([]);
  });

  test('what is missing live counts as created, though no dry run names it', async () => {
    twin().state.branches.set('main', CREATES);
    twin().lie((_, answer) => {
      const state = (answer as { status?: { operationState?: { syncResult?: { resources: unknown[] } } } })
        .status?.operationState?.syncResult;
      if (state) state.resources = [];
      return answer;
    });
    await refused(() => argo().write(sync, 'shop', orders), 'conflict', /Service shop\/extra/);
  });

  test('an operation in progress, or a deletion, is a conflict', async () => {
    const app = twin().state.app('orders');
    twin().state.polls = 1_000;
    twin().state.begin(app, { sync: { revision: SECOND }, initiatedBy: { username: 'bob' } });
    await refused(() => argo().write(sync, 'shop', orders), 'conflict', /another operation is in progress/);
    twin().state.polls = 1;
    twin().state.finish(app);
    app.deletionTimestamp = '2026-01-05T10:00:00Z';
    await refused(() => argo().write(sync, 'shop', orders), 'conflict', /being deleted/);
  });

  test('an operation that begins just before ours is a conflict', async () => {
    const app = twin().state.app('orders');
    twin().before(isReal, () => {
      twin().state.polls = 1_000;
      twin().state.begin(app, { sync: { revision: SECOND }, initiatedBy: { username: 'bob' } });
    });
    const before = deployed(twin(), 'orders');
    await expect(argo().write(sync, 'shop', orders)).rejects.toEqual(code('conflict'));
    expect(deployed(twin(), 'orders')).toEqual(before);
  });

  test('a closed sync window is told', async () => {
    twin().closeWindow(true);
    await refused(() => argo().write(sync, 'shop', orders), 'permission_denied', /sync window/);
  });

  test('a revision that cannot be resolved is told', async () => {
    twin().state.branches.set('main', 'nowhere');
    await refused(() => argo().write(sync, 'shop', orders), 'query_failed', /cannot resolve/);
  });

  test('a lost answer, or another operation before the end was read, leaves the outcome unknown', async () => {
    twin().loseAnswer(isReal);
    await expect(argo().write(sync, 'shop', orders)).rejects.toEqual(code('outcome_unknown'));
    const app = twin().state.app('orders');
    twin().state.finish(app);
    let reads = 0;
    twin().before(isReal, () => {
      twin().before(
        ({ path }) => path.endsWith('/orders') && ++reads === 1,
        () => {
          twin().state.finish(app);
          twin().state.deploy(app, SECOND);
        },
      );
    });
    await expect(argo().write(sync, 'shop', orders)).rejects.toEqual(code('outcome_unknown'));
  });

  test('a server that fails while it is waited for leaves the outcome unknown', async () => {
    twin().before(isReal, () =>
      twin().before(
        ({ method }) => method === 'GET',
        () => twin().breakWith(503),
      ),
    );
    await expect(argo().write(sync, 'shop', orders)).rejects.toEqual(code('outcome_unknown'));
    expect(twin().writes().filter(isReal)).toHaveLength(1);
  });

  test('a cancelled call starts nothing more, and leaves the outcome unknown once it was started', async () => {
    twin().state.polls = 1_000;
    const early = new AbortController();
    const trying = argo().write(sync, 'shop', orders, { signal: early.signal });
    await expect.poll(() => twin().writes().length).toBe(1);
    early.abort();
    await expect(trying).rejects.toEqual(code('cancelled'));
    expect(twin().writes().filter(isReal)).toEqual([]);
    twin().state.polls = 1;
    twin().state.finish(twin().state.app('orders'));
    const late = new AbortController();
    twin().before(isReal, () => {
      twin().state.polls = 1_000;
    });
    const running = argo().write(sync, 'shop', orders, { signal: late.signal });
    await expect.poll(() => twin().writes().filter(isReal).length).toBe(1);
    late.abort();
    await expect(running).rejects.toEqual(code('outcome_unknown'));
  });

  test('an operation longer than the call is told as running; a dry run as nothing', async () => {
    twin().before(isReal, () => {
      twin().state.polls = 1_000;
    });
    const { output } = await argo().write(sync, 'shop', orders, { limits: { deadlineMs: 4_000 } });
    expect(output).toMatchObject({
      phase: 'Running',
      note: expect.stringContaining('argocd_get_application'),
    });
    twin().state.polls = 1;
    twin().state.finish(twin().state.app('orders'));
    twin().state.polls = 1_000;
    twin().forget();
    const trying = () => argo().write(sync, 'shop', orders, { limits: { deadlineMs: 500 } });
    await refused(trying, 'timeout', /nothing was deployed/);
  });
});

describe('argocd_rollback', () => {
  test('deploys an earlier entry with its own source', async () => {
    const app = twin().state.app('orders');
    app.source = { ...app.source, path: 'moved' };
    const { output } = await argo().write(rollback, 'shop', { ...orders, id: 0 });
    expect(output).toMatchObject({ phase: 'Succeeded', revisions: [FIRST], history_id: 2 });
    expect(app.history.at(-1)).toMatchObject({ revision: FIRST, source: { path: 'deploy' } });
    const place = { name: 'orders', project: 'shop', appNamespace: 'argocd', prune: false, id: 0 };
    expect(bodies()).toEqual([
      { ...place, dryRun: true },
      { ...place, dryRun: false },
    ]);
  });

  test('auto-sync, the present entry and one that is not there are refused', async () => {
    const auto = () => argo().write(rollback, 'shop', { ...payments, id: 0 });
    await refused(auto, 'conflict', /auto-sync is on.*takes no rollback/, 'payments');
    await refused(() => argo().write(rollback, 'shop', { ...orders, id: 1 }), 'conflict', /already/);
    await refused(() => argo().write(rollback, 'shop', { ...orders, id: 7 }), 'not_found', /it has 1, 0/);
    expect(twin().writes()).toEqual([]);
  });

  test('auto-sync that is turned on meanwhile is a conflict', async () => {
    twin().before(isReal, () => {
      twin().state.app('orders').automated = {};
    });
    const before = deployed(twin(), 'orders');
    await expect(argo().write(rollback, 'shop', { ...orders, id: 0 })).rejects.toEqual(code('conflict'));
    expect(deployed(twin(), 'orders')).toEqual(before);
  });

  test('an entry that needs what is not there any more is refused', async () => {
    const app = twin().state.app('orders');
    twin().state.deploy(app, CREATES);
    twin().state.deploy(app, THIRD);
    for (const key of app.live.keys()) if (key.includes('extra')) app.live.delete(key);
    const attempt = () => argo().write(rollback, 'shop', { ...orders, id: 2 });
    await refused(attempt, 'conflict', /creates resources.*Service shop\/extra/);
  });
});

describe('argocd_deploy_irreversibly', () => {
  test('does what the others refuse, and says what auto-sync does', async () => {
    twin().state.branches.set('main', CREATES);
    const created = await argo().write(deployIrreversibly, 'shop', orders);
    expect(created.output).toMatchObject({ phase: 'Succeeded', created: ['Service shop/extra'] });
    expect(created.before).toBeNull();
    const first = await argo().write(deployIrreversibly, 'shop', { application: 'fresh' });
    expect(first.output).toMatchObject({ phase: 'Succeeded', history_id: 0 });
    twin().state.branches.set('main', HOOKS);
    const auto = await argo().write(deployIrreversibly, 'shop', payments);
    expect(auto.output).toMatchObject({
      phase: 'Succeeded',
      note: expect.stringContaining('auto-sync is on, self-heal'),
    });
    expect(auto.output.resources.find(({ hook }) => hook)).toMatchObject({
      resource: 'Job shop/migrate',
      hook: 'PreSync',
    });
    expect(bodies().filter(({ prune }) => prune !== false)).toEqual([]);
  });

  test('rolls back as well, but not under auto-sync', async () => {
    const back = await argo().write(deployIrreversibly, 'shop', { ...orders, history_id: 0 });
    expect(back.output).toMatchObject({ phase: 'Succeeded', revisions: [FIRST] });
    twin().forget();
    const auto = () => argo().write(deployIrreversibly, 'shop', { ...payments, history_id: 0 });
    await refused(auto, 'conflict', /takes no rollback/, 'payments');
  });
});

describe('argocd_refresh', () => {
  test('compares, and deploys nothing', async () => {
    const before = deployed(twin(), 'orders');
    for (const hard of [false, true]) {
      const { output } = await argo().write(refresh, 'shop', { ...orders, hard });
      expect(output).toEqual({ application: 'orders', sync: 'OutOfSync', health: 'Healthy' });
    }
    expect(
      twin()
        .writes()
        .map(({ query }) => new Map(query).get('refresh')),
    ).toEqual(['normal', 'hard']);
    expect(deployed(twin(), 'orders')).toEqual(before);
  });

  test('is refused under auto-sync, where it would deploy', async () => {
    const attempt = () => argo().write(refresh, 'shop', payments);
    await refused(attempt, 'conflict', /auto-sync is on/, 'payments');
    expect(twin().writes()).toEqual([]);
  });

  test('a lost answer leaves the outcome unknown', async () => {
    twin().loseAnswer(({ query }) => query.some(([name]) => name === 'refresh'));
    await expect(argo().write(refresh, 'shop', orders)).rejects.toEqual(code('outcome_unknown'));
  });
});
