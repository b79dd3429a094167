import { describe, expect, test } from 'vitest';
import { diff } from '../../../src/services/argocd/tools/diff.ts';
import { getApplication } from '../../../src/services/argocd/tools/get-application.ts';
import { history } from '../../../src/services/argocd/tools/history.ts';
import { listApplications } from '../../../src/services/argocd/tools/list-applications.ts';
import { listProjects } from '../../../src/services/argocd/tools/list-projects.ts';
import { resourceTree } from '../../../src/services/argocd/tools/resource-tree.ts';
import { ToolError } from '../../../src/toolset/errors.ts';
import { CREATES, code, FIRST, openArgo, POD, SECOND, THIRD, useArgo } from './fixture.ts';

const { twin, argo } = useArgo();
const orders = { application: 'orders' };

describe('argocd_list_applications', () => {
  test('lists those of the project in its namespace, from few fields', async () => {
    const { applications, truncated } = await argo().read(listApplications, 'shop', {});
    expect(applications.map(({ application, sync, auto_sync }) => [application, sync, auto_sync])).toEqual([
      ['orders', 'OutOfSync', 'off'],
      ['payments', 'OutOfSync', 'on, self-heal'],
      ['fresh', 'OutOfSync', 'off'],
    ]);
    expect(applications[0]?.sources).toEqual([
      { repo: 'https://git.example/shop.git', path: 'deploy', target_revision: 'main' },
    ]);
    expect(truncated).toBe(false);
    expect(new Map(twin().requests[0]?.query).get('fields')).toContain('items.spec');
  });

  test('narrows by status, and says when it cut', async () => {
    const missing = await argo().read(listApplications, 'shop', { health: 'Missing' });
    expect(missing.applications.map(({ application }) => application)).toEqual(['fresh']);
    expect((await argo().read(listApplications, 'shop', { sync: 'Synced' })).applications).toEqual([]);
    const cut = await argo().read(listApplications, 'shop', {}, { limits: { rows: 1 } });
    expect(cut).toMatchObject({ truncated: true, hint: expect.any(String) });
    expect(cut.applications).toHaveLength(1);
  });

  test('a project without applications has none', async () => {
    twin().state.apps.splice(0);
    expect((await argo().read(listApplications, 'shop', {})).applications).toEqual([]);
  });
});

describe('argocd_get_application', () => {
  test('tells what is wrong and what runs', async () => {
    const app = twin().state.app('orders');
    app.conditions.push({ type: 'SyncError', message: 'it failed' });
    app.syncOptions = ['CreateNamespace=true'];
    const found = await argo().read(getApplication, 'shop', orders);
    expect(found).toMatchObject({
      sync: 'OutOfSync',
      revisions: [THIRD],
      health: 'Healthy',
      destination: { cluster: 'https://kubernetes.default.svc', namespace: 'shop' },
      images: ['web:2'],
      conditions: [{ type: 'SyncError', message: 'it failed' }],
      sync_options: ['CreateNamespace=true'],
      in_progress: false,
      operation: { phase: 'Succeeded', dry_run: false, by: 'admin' },
    });
    expect(found.resources.map(({ resource }) => resource)).toEqual([
      'Deployment shop/web',
      'ConfigMap shop/settings',
    ]);
    const cut = await argo().read(getApplication, 'shop', orders, { limits: { rows: 1 } });
    expect([cut.resources.length, cut.truncated]).toEqual([1, true]);
  });

  test('a message of any length is cut, and so are images', async () => {
    const app = twin().state.app('orders');
    app.conditions.push({ type: 'ComparisonError', message: 'z'.repeat(1_000_000) });
    const found = await argo().read(getApplication, 'shop', orders);
    expect(found.conditions[0]?.message).toHaveLength(2_001);
    app.conditions.push({ type: 'SyncError', message: '' });
    twin().state.deploy(app, THIRD);
    const cut = await argo().read(getApplication, 'shop', orders, { limits: { rows: 1 } });
    expect([cut.conditions.length, cut.truncated]).toEqual([1, true]);
  });

  test('an operation that runs is told of', async () => {
    const app = twin().state.app('orders');
    twin().state.begin(app, { sync: { revision: THIRD }, initiatedBy: { username: 'bob' } });
    const found = await argo().read(getApplication, 'shop', orders);
    expect(found).toMatchObject({ in_progress: true, operation: { phase: 'Running', by: 'bob' } });
  });

  test('several sources, and auto-sync that is there and not enabled', async () => {
    twin().lie((_, answer) => {
      const app = structuredClone(answer) as { spec: Record<string, unknown>; status: { sync: object } };
      const source = { repoURL: 'https://charts.example', chart: 'web', targetRevision: '1.2.3' };
      Object.assign(app.spec, {
        source: { repoURL: '' },
        sources: [source, { ...source, targetRevision: '' }],
      });
      app.spec.syncPolicy = { automated: { enabled: false } };
      app.status.sync = { status: 'Synced', revision: '', revisions: ['1.2.3', FIRST] };
      return app;
    });
    expect(await argo().read(getApplication, 'shop', orders)).toMatchObject({
      auto_sync: 'off',
      revisions: ['1.2.3', FIRST],
      sources: [
        { repo: 'https://charts.example', chart: 'web', target_revision: '1.2.3' },
        { target_revision: 'HEAD' },
      ],
    });
  });
});

test('argocd_resource_tree goes down to the pods, without orphans', async () => {
  const { resources } = await argo().read(resourceTree, 'shop', orders);
  expect(resources.map(({ resource, parent }) => [resource, parent])).toContainEqual([
    `Pod shop/${POD}`,
    'ReplicaSet shop/web-7d9',
  ]);
  expect(JSON.stringify(resources)).not.toContain('orphan');
  const pods = await argo().read(resourceTree, 'shop', { ...orders, kind: 'Pod' });
  expect(pods.resources).toMatchObject([{ resource: `Pod shop/${POD}`, images: ['web:2'] }]);
  expect((await argo().read(resourceTree, 'shop', { ...orders, unhealthy: true })).resources).toEqual([]);
  const cut = await argo().read(resourceTree, 'shop', orders, { limits: { rows: 2 } });
  expect([cut.resources.length, cut.truncated]).toEqual([2, true]);
});

describe('argocd_diff', () => {
  test('shows images and numbers, of configuration only that it differs', async () => {
    const { resources } = await argo().read(diff, 'shop', orders);
    expect(resources).toEqual([
      {
        resource: 'Deployment shop/web',
        change: 'update',
        changes: [
          { path: 'spec.template.spec.containers.[web].image', live: 'web:2', target: 'web:3' },
          { path: 'spec.template.spec.containers.[web].args.[0]', live: '{hidden}', target: '{hidden}' },
          {
            path: 'spec.template.spec.containers.[web].env.[MODE].value',
            live: '{hidden}',
            target: '{hidden}',
          },
        ],
      },
      {
        resource: 'ConfigMap shop/settings',
        change: 'update',
        changes: [{ path: 'data.mode', live: '{hidden}', target: '{hidden}' }],
      },
      {
        resource: 'Secret shop/db',
        change: 'update',
        changes: [{ path: 'data', live: '{secret}', target: '{secret}' }],
      },
    ]);
  });

  test('tells what would be created, and what would have to be pruned', async () => {
    twin().state.branches.set('main', CREATES);
    const created = await argo().read(diff, 'shop', { ...orders, kind: 'Service' });
    expect(created.resources).toEqual([{ resource: 'Service shop/extra', change: 'create', changes: [] }]);
    const app = twin().state.app('orders');
    twin().state.deploy(app, CREATES);
    twin().state.branches.set('main', THIRD);
    const pruned = await argo().read(diff, 'shop', { ...orders, kind: 'Service' });
    expect(pruned.resources).toEqual([{ resource: 'Service shop/extra', change: 'prune', changes: [] }]);
  });

  test('is bounded in resources and in changes', async () => {
    const cut = await argo().read(diff, 'shop', orders, { limits: { rows: 1 } });
    expect([cut.resources.length, cut.truncated]).toEqual([1, true]);
    twin().lie((request, answer) => {
      if (!request.path.endsWith('managed-resources')) return answer;
      const [live, target] = [1, 2].map((n) => {
        const fields = Array.from({ length: 100 }, (_, at) => [`f${at}`, n]);
        return JSON.stringify({ kind: 'Thing', spec: Object.fromEntries(fields) });
      });
      const states = { normalizedLiveState: live, predictedLiveState: target, targetState: target };
      return { items: [{ kind: 'Thing', name: 'big', ...states, liveState: live }] };
    });
    const big = await argo().read(diff, 'shop', orders);
    expect(big.resources[0]?.changes).toHaveLength(40);
    expect(big).toMatchObject({ truncated: true, resources: [{ more: 60 }] });
  });
});

describe('argocd_history', () => {
  test('is newest first, with the commit that is asked for', async () => {
    const found = await argo().read(history, 'shop', { ...orders, commit_of: 0 });
    expect(found.entries.map(({ id, revisions, by }) => [id, revisions, by])).toEqual([
      [1, [SECOND], 'admin'],
      [0, [FIRST], 'admin'],
    ]);
    expect(found.commit).toEqual({
      id: FIRST,
      author: 'Ada Lovelace',
      date: '2026-01-04T09:00:00Z',
      message: `Change of ${FIRST}`,
    });
    expect((await argo().read(history, 'shop', { application: 'fresh' })).entries).toEqual([]);
    const cut = await argo().read(history, 'shop', orders, { limits: { rows: 1 } });
    expect([cut.entries.length, cut.truncated]).toEqual([1, true]);
  });

  test('an entry that is not there, or is no commit, has none', async () => {
    await expect(argo().read(history, 'shop', { ...orders, commit_of: 9 })).rejects.toEqual(
      code('not_found'),
    );
    const [first] = twin().state.app('orders').history;
    twin().state.app('orders').history = [{ ...first, revision: '1.2.3' } as never];
    twin().forget();
    await expect(argo().read(history, 'shop', { ...orders, commit_of: 0 })).rejects.toEqual(
      code('invalid_arguments'),
    );
    expect(twin().requests.map(({ path }) => path)).toEqual(['/api/v1/applications/orders']);
  });
});

test('argocd_list_projects shows the linked ones alone', async () => {
  const { projects } = await argo().read(listProjects, undefined, {});
  expect(projects).toEqual([
    {
      target: 'cd/shop',
      project: 'shop',
      description: 'shop things',
      repositories: ['https://git.example/*'],
      destinations: ['https://kubernetes.default.svc shop'],
      sync_windows: ['allow 0 8 * * * 1h UTC *'],
    },
  ]);
});

describe('failures', () => {
  const failing = async (token?: string) => {
    const lab = token === undefined ? argo() : openArgo(twin().url, undefined, token);
    const error = await lab.read(getApplication, 'shop', orders).catch((thrown: unknown) => thrown);
    if (!(error instanceof ToolError)) throw new Error(`it gave ${JSON.stringify(error)}`);
    expect(error.message).not.toMatch(/broken by the test|twin-token|wrong-token/);
    return error.code;
  };

  test('wrong credentials', async () => {
    expect(await failing('wrong-token')).toBe('login_failed');
  });

  test('an application that is not there', async () => {
    const missing = argo().read(getApplication, 'shop', { application: 'nowhere' });
    await expect(missing).rejects.toEqual(code('not_found'));
  });

  test.each([
    [403, 'permission_denied'],
    [404, 'not_found'],
    [429, 'too_busy'],
    [500, 'backend_failed'],
    [502, 'backend_failed'],
    [504, 'timeout'],
  ])('status %s is %s', async (status, expected) => {
    twin().breakWith(status);
    expect(await failing()).toBe(expected);
  });

  test('an answer of something else', async () => {
    twin().lie(() => '<html>login</html>');
    expect(await failing()).toBe('backend_failed');
  });

  test('no server', async () => {
    await expect(openArgo('http://127.0.0.1:1').read(getApplication, 'shop', orders)).rejects.toEqual(
      code('unreachable'),
    );
  });

  test('a call that is cancelled, or late, stops waiting', async () => {
    twin().breakWith('silence');
    const cancel = new AbortController();
    const waiting = argo().read(getApplication, 'shop', orders, { signal: cancel.signal });
    await expect.poll(() => twin().requests.length).toBe(1);
    cancel.abort();
    await expect(waiting).rejects.toEqual(code('cancelled'));
    const late = argo().read(getApplication, 'shop', orders, { signal: AbortSignal.timeout(20) });
    await expect(late).rejects.toEqual(code('timeout'));
  });
});
