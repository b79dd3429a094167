import { describe, expect, test } from 'vitest';
import { connector } from '../../src/services/grafana/connect.ts';
import { grafana } from '../../src/services/grafana/service.ts';
import { runPanel } from '../../src/services/grafana/tools/run-panel.ts';
import { prometheus } from '../services/grafana/filled.ts';
import { credentials, openLab } from '../services/grafana/lab.ts';

const lab = openLab();
const run = (panel = 1) => lab.scoped().read(runPanel, 'shop', { dashboard: 'shop-main', panel });
const stored = (panel: object, ...targets: object[]) =>
  lab.twin().state.editByHand('shop-main', (model) => {
    model.panels = [{ id: 1, type: 'timeseries', datasource: prometheus, targets, ...panel }];
  });
const sent = () =>
  lab
    .twin()
    .requests.filter(({ path }) => path === '/api/ds/query')
    .flatMap(({ body }) => (body as { queries: Record<string, unknown>[] }).queries);
async function kept() {
  await lab.unwritten(() => run());
  expect(sent()).toEqual([]);
}

describe('a stored query that does more than read', () => {
  test.each([
    ['SQL', { type: 'mysql', uid: 'sql-1' }, { rawSql: 'drop table x', expr: 'up' }],
    [
      'an address',
      { type: 'yesoreyeram-infinity-datasource', uid: 'inf-1' },
      { url: 'http://169.254.169.254' },
    ],
    [
      'an expression',
      { type: '__expr__', uid: '__expr__' },
      { type: 'sql', expression: "select * from '/etc/passwd'" },
    ],
    ['Grafana’s own', { type: 'grafana', uid: 'grafana' }, { queryType: 'list', path: '/' }],
    ['Grafana’s own, by name', '-- Grafana --', { expr: 'up' }],
    ['another panel', { type: 'datasource', uid: '-- Dashboard --' }, { panelId: 2 }],
    [
      'a source that lies about its type',
      { type: 'prometheus', uid: 'sql-1' },
      { expr: 'up', rawSql: 'select 1' },
    ],
    ['a source of the type alone', { type: 'prometheus' }, { expr: 'up' }],
    ['a source that is not there', { type: 'prometheus', uid: 'gone' }, { expr: 'up' }],
    ['a source by a path', { type: 'prometheus', uid: '../prom-1' }, { expr: 'up' }],
    ['a variable that is no source', '$job', { expr: 'up' }],
    ['no query', prometheus, { expr: '' }],
    ['a query that is no text', prometheus, { expr: { $gt: '' } }],
  ])('%s', async (_, datasource, target) => {
    stored({ datasource }, { refId: 'A', ...target });
    await kept();
    stored({ datasource: '-- Mixed --' }, { refId: 'A', datasource, ...target });
    await kept();
  });

  test('an expression among the queries of one source', async () => {
    stored(
      {},
      { refId: 'A', datasource: { type: '__expr__', uid: '__expr__' }, expr: 'up', expression: '1' },
    );
    await kept();
  });

  test('a live stream of logs', async () => {
    stored(
      { datasource: { type: 'loki', uid: 'loki-1' } },
      { refId: 'A', expr: '{a="b"}', queryType: 'stream' },
    );
    await kept();
  });

  test('of a mixed panel the queries that read run, and the others are named', async () => {
    const answer = await run(5);
    expect(answer.queries).toEqual([{ ref_id: 'A', text: 'up' }]);
    expect(answer.not_run.map(({ ref_id }) => ref_id)).toEqual(['B', 'C', 'D']);
    expect(sent()).toHaveLength(1);
    expect(sent()[0]).toMatchObject({ datasource: prometheus, expr: 'up' });
  });
});

describe('fields of a stored query that would redirect it', () => {
  test('are not sent', async () => {
    stored(
      {},
      {
        refId: 'A',
        expr: 'up',
        // In some versions the number wins over the uid.
        datasourceId: 3,
        datasource: { type: 'mysql', uid: 'sql-1' },
        rawSql: 'select 1',
        url: 'http://x',
        scopes: [],
        adhocFilters: [],
        timeRange: { from: '0', to: '9' },
        exemplar: true,
        queryCachingTTL: 1,
        interval: '$__interval',
      },
    );
    await run();
    const fields =
      'datasource exemplar expr format instant intervalMs maxDataPoints range refId utcOffsetSec';
    expect(sent().map((query) => Object.keys(query).sort().join(' '))).toEqual([fields]);
    expect(sent()[0]).toMatchObject({ datasource: prometheus, exemplar: false });
  });

  test.each([{ refId: 'A"}' }, { refId: 'A', format: 'x' }, { refId: 'A', interval: '1s; drop' }])(
    '%j',
    async (target) => {
      stored({}, { expr: 'up', ...target });
      await kept();
    },
  );
});

describe('a panel that shows other than what it stores', () => {
  test('a library panel', () => lab.unwritten(() => run(6)));
  test('filters that the front end adds', async () => {
    lab.twin().state.editByHand('shop-main', (model) => {
      const list = (model.templating as { list: object[] }).list;
      list.push({ name: 'f', type: 'adhoc', filters: [{ key: 'tenant', operator: '=', value: 'shop' }] });
    });
    await kept();
  });
});

describe('the lock below the tools', () => {
  const HONEST = {
    refId: 'A',
    expr: 'up',
    datasource: { type: 'prometheus', uid: 'prom-1' },
    instant: false,
    range: true,
    format: 'time_series',
    exemplar: false,
    utcOffsetSec: 0,
    maxDataPoints: 1,
    intervalMs: 1000,
  } as const;
  const open = async () => {
    const connection = { url: lab.twin().url, credentials };
    const endpoint = { component: 'dash', entry: {}, connection, limits: grafana.limits, warn: () => {} };
    return (await connector.openReader(endpoint)).client;
  };
  const ask = async (query: object) =>
    (await open()).run(
      query as typeof HONEST,
      { from: 1_767_225_600_000, to: 1_767_225_700_000 },
      new AbortController().signal,
    );

  test.each([
    { ...HONEST, datasource: { type: 'mysql', uid: 'sql-1' } },
    { ...HONEST, datasource: { type: '__expr__', uid: '__expr__' } },
    { ...HONEST, datasourceId: 3 },
    { ...HONEST, rawSql: 'select 1' },
    { ...HONEST, expr: '' },
    { ...HONEST, exemplar: true },
    { ...HONEST, maxDataPoints: 100_000 },
    { refId: 'A', datasource: { type: 'loki', uid: 'loki-1' }, expr: '{a="b"}', queryType: 'stream' },
  ])('does not let %j out', async (query) => {
    await expect(ask(query)).rejects.toThrow(TypeError);
    expect(lab.twin().requests).toEqual([]);
  });

  test('and lets the honest one out', async () => {
    expect(await ask(HONEST)).toEqual([]);
    expect(sent()).toEqual([HONEST]);
  });
});
