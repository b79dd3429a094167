import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { grafana } from '../../../src/services/grafana/service.ts';
import { openStack, type TestStack } from '../../harness/stack.ts';
import { type GrafanaTwin, startGrafanaTwin, TOKEN, USER } from '../../twins/grafana.ts';
import { fill, OF_FINANCE, series } from './filled.ts';

describe('grafana through the whole pipeline', () => {
  let twin: GrafanaTwin;
  let stack: TestStack;
  beforeAll(async () => {
    twin = await startGrafanaTwin();
    fill(twin);
    twin.frames = ({ expr }) =>
      String(expr).includes('http_requests') ? [series({ job: 'api' }, [1, 2, null])] : [];
    stack = await openStack({
      topology: topologyAt(twin.url),
      env: {
        GRAFANA_TOKEN: TOKEN,
        GRAFANA_PASSWORD: USER.password,
        MCP_DASH__SHOP_WRITE_ACCESS: 'true',
        MCP_ALL_WRITE_ACCESS: 'true',
      },
    });
  });
  afterAll(async () => {
    await stack?.close();
    await twin?.close();
  });
  afterEach(() => expect(twin.violations).toEqual([]));

  /** Calls a tool as an agent and checks the answer against the tool's own schema. */
  const call = async (name: string, args: Record<string, unknown> = {}, as = 'triage') => {
    const { isError, structuredContent, content } = await stack.call(name, args, { as });
    expect(isError, JSON.stringify(content)).toBe(false);
    const tool = grafana.tools.find((one) => one.name === name);
    expect(tool?.output.safeParse(structuredContent).error?.issues).toBeUndefined();
    return structuredContent as Record<string, unknown>;
  };

  test('a link gives reads, and writes only where it and the flag allow', () => {
    const all = grafana.tools.map(({ name }) => name).sort();
    const reads = grafana.tools.filter(({ access }) => access === 'read').map(({ name }) => name);
    const of = (as: string) => stack.tools(as).filter((name) => name.startsWith('grafana_'));
    expect(of('triage')).toEqual(all);
    expect(of('watcher')).toEqual(reads.sort());
    expect(all).toHaveLength(11);
  });

  test('grafana_search finds what lies in the folder', async () => {
    const { dashboards } = await call('grafana_search');
    expect(dashboards).toEqual([
      { uid: 'shop-main', title: 'Shop', tags: ['shop', 'prod'], folder: 'shop', folder_title: 'Shop team' },
      { uid: 'shop-file', title: 'Shop from a file', tags: [], folder: 'shop', folder_title: 'Shop team' },
    ]);
    expect(await call('grafana_search', { text: 'file', count: 1 })).toMatchObject({
      dashboards: [{ uid: 'shop-file' }],
    });
  });

  test('grafana_dashboard summarises', async () => {
    const found = await call('grafana_dashboard', { uid: 'shop-main' });
    expect(found).toMatchObject({
      title: 'Shop',
      version: 1,
      folder: 'shop',
      time: { from: 'now-6h', to: 'now' },
      refresh: '30s',
      links: [
        { title: 'Runbook', type: 'link', address: 'https://wiki.example.org/run' },
        { title: 'Others', type: 'dashboards' },
      ],
    });
    expect((found.panels as { id: number }[]).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(found.variables).toContainEqual({
      name: 'job',
      type: 'query',
      label: 'Job',
      current: ['$__all'],
      options: ['api', 'web.v1'],
      multi: true,
      all: true,
    });
  });

  test('grafana_panel_queries shows stored texts', async () => {
    expect(await call('grafana_panel_queries', { dashboard: 'shop-main', panel: 1 })).toMatchObject({
      queries: [
        { ref_id: 'A', datasource: 'prometheus prom-1', text: expect.stringContaining('$__rate_interval') },
        { ref_id: 'B' },
        { ref_id: 'C', hidden: true },
      ],
      truncated: false,
    });
  });

  test('grafana_run_panel runs what is stored', async () => {
    const answer = await call('grafana_run_panel', { dashboard: 'shop-main', panel: 1 });
    expect(answer).toMatchObject({
      queries: [
        { ref_id: 'A', text: 'sum(rate(http_requests_total{job=~"(api|web\\\\.v1)"}[$__rate_interval]))' },
        { ref_id: 'B', text: 'up{instance="a:9090"}' },
      ],
      not_run: [],
      frames: [
        {
          ref_id: 'A',
          columns: [
            { name: 'Time', type: 'time' },
            { name: 'Value', type: 'number', labels: { job: 'api' } },
          ],
          rows: [
            [1_767_323_045_000, 1],
            [1_767_323_046_000, 2],
            [1_767_323_047_000, null],
          ],
        },
      ],
      truncated: false,
    });
  });

  test('grafana_datasources and grafana_datasource_health', async () => {
    const { datasources } = await call('grafana_datasources');
    expect(datasources).toContainEqual({
      uid: 'prom-1',
      name: 'name of prom-1',
      type: 'prometheus',
      default: true,
      runs: true,
    });
    expect(await call('grafana_datasource_health', { uid: 'loki-1' })).toMatchObject({ healthy: true });
    expect(await call('grafana_datasource_health', { uid: 'sql-1' })).toMatchObject({ healthy: false });
  });

  test('grafana_annotations, of one dashboard or of all', async () => {
    const { annotations } = await call('grafana_annotations', { dashboard: 'shop-main', tags: ['deploy'] });
    expect(annotations).toMatchObject([{ text: 'deployed 1.2', dashboard: 'shop-main', by: 'sa-stackward' }]);
    const all = await call('grafana_annotations', { target: 'all' }, 'operator');
    expect(all.annotations).toHaveLength(3);
  });

  test('grafana_alert_rules shows state and alerts', async () => {
    expect(await call('grafana_alert_rules', { state: 'firing' })).toMatchObject({
      rules: [
        {
          uid: 'r1',
          name: 'Shop down',
          folder: 'shop',
          alerts: [{ state: 'Alerting', labels: { job: 'api' } }],
        },
      ],
    });
    const all = await call('grafana_alert_rules', { target: 'all', text: 'DOWN' }, 'operator');
    expect(all.rules).toHaveLength(2);
  });

  test('grafana_folders', async () => {
    expect(await call('grafana_folders')).toMatchObject({ folders: [{ uid: 'shop', title: 'Shop team' }] });
    const all = await call('grafana_folders', { target: 'all', parent: 'shop' }, 'operator');
    expect(all.folders).toEqual([{ uid: 'shop-sub', title: 'Within shop: payouts', parent: 'shop' }]);
  });

  test('nothing of another folder shows through a link to one', async () => {
    const answers = [
      await call('grafana_search', { count: 500 }),
      await call('grafana_alert_rules'),
      await call('grafana_folders', { parent: 'shop' }),
    ];
    expect(JSON.stringify(answers)).not.toMatch(OF_FINANCE);
  });

  test('grafana_create_annotation says who asked', async () => {
    const made = await call('grafana_create_annotation', {
      dashboard: 'shop-main',
      panel: 1,
      text: 'rolled back orders-api',
      tags: ['rollback', 'service:orders'],
    });
    expect(twin.state.annotations.at(-1)).toMatchObject({
      id: made.id,
      dashboardUID: 'shop-main',
      panelId: 1,
      text: expect.stringMatching(/^Stackward for triage, call [0-9a-f-]{36}: rolled back orders-api$/),
      tags: ['rollback', 'service:orders'],
    });
  });

  test('grafana_update_dashboard changes fields and says who asked', async () => {
    const answer = await call('grafana_update_dashboard', {
      dashboard: 'shop-main',
      version: 1,
      reason: 'the old title misled',
      title: 'Shop, all regions',
      panels: [{ id: 3, title: 'Errors of the web' }],
    });
    expect(answer).toEqual({ dashboard: 'shop-main', version: 2, changed: ['title', 'panel 3: title'] });
    const stored = twin.state.dashboards.get('shop-main');
    expect(stored?.model).toMatchObject({
      title: 'Shop, all regions',
      futureField: { keep: ['me', 1.5, null, true] },
    });
    expect(stored?.folderUid).toBe('shop');
    expect(stored?.history.at(-1)?.message).toMatch(
      /^Stackward for triage, call [0-9a-f-]{36}: the old title misled$/,
    );
  });

  test('user, password and organisation are sent as Grafana takes them', async () => {
    twin.forget();
    await call('grafana_search', { target: 'all' }, 'operator');
    const [request] = twin.requests;
    const pair = Buffer.from(`${USER.user}:${USER.password}`).toString('base64');
    expect(request?.headers).toMatchObject({ authorization: `Basic ${pair}`, 'x-grafana-org-id': '1' });
  });
});

const topologyAt = (url: string) => `
stack: shop
components:
  dash:
    type: grafana
    url: ${url}
    credentials: {token: {env: GRAFANA_TOKEN}}
    folders:
      shop: {}
      money: {uid: finance}
  all:
    type: grafana
    url: ${url}/
    org_id: 1
    credentials: {user: admin, password: {env: GRAFANA_PASSWORD}}
  triage: {type: agent}
  watcher: {type: agent}
  operator: {type: agent}
links:
  - {from: triage, to: dash, type: operates, folders: [shop]}
  - {from: watcher, to: dash, type: observes, folders: [shop]}
  - {from: operator, to: all, type: operates}
`;
