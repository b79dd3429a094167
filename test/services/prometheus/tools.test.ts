import { beforeAll, describe, expect, inject, test } from 'vitest';
import { OF_FINANCE, openProm, type TestProm } from './fixture.ts';

const backend = inject('prometheus');
let prom: TestProm;
beforeAll(async () => {
  if (backend) prom = await openProm({ url: `http://127.0.0.1:${backend.port}` });
});

describe.skipIf(!backend)('prometheus tools on a real server', () => {
  test('prom_query reads the series of the scope alone', async () => {
    const shop = await prom.call('prom_query', { metric: 'queue_depth' }, 'shop');
    expect(shop).toMatchObject({
      query: 'queue_depth{namespace="shop"}',
      resultType: 'vector',
      result: [{ metric: { namespace: 'shop', queue: 'mail' }, value: '3' }],
      truncated: false,
    });
    const finance = await prom.call('prom_query', { expr: 'queue_depth' }, 'finance');
    expect(finance.result).toMatchObject([{ metric: { queue: 'payouts' }, value: '41' }]);
    const all = await prom.call('prom_query', { expr: 'sum(queue_depth)' }, 'none');
    expect(all).toMatchObject({ query: 'sum(queue_depth{})', result: [{ metric: {}, value: '44' }] });
  });

  test('prom_query compiles typed queries', async () => {
    const query = {
      metric: 'orders_placed_total',
      matchers: [{ label: 'app', value: 'orders' }],
      function: 'rate',
      window: '1m',
      aggregation: { op: 'sum', by: ['app'] },
    };
    const { result, query: ran } = await prom.call('prom_query', query, 'shop');
    expect(ran).toBe('sum by (app) (rate(orders_placed_total{app="orders",namespace="shop"}[1m]))');
    expect(result).toMatchObject([{ metric: { app: 'orders' } }]);
    const histogram = {
      metric: 'checkout_seconds_bucket',
      function: 'histogram_quantile',
      quantile: 0.5,
      window: '1m',
    };
    const { result: found } = await prom.call('prom_query', histogram, 'shop');
    expect(found).toHaveLength(1);
    expect(Number((found as { value: string }[])[0]?.value)).toBeGreaterThan(0.1);
  });

  test('prom_query shows scalars, strings and ranges', async () => {
    expect(await prom.call('prom_query', { expr: '1 + 1' }, 'shop')).toMatchObject({
      resultType: 'scalar',
      result: [{ value: '2' }],
    });
    expect(await prom.call('prom_query', { expr: "'it\\'s'" }, 'shop')).toMatchObject({
      result: [{ value: "it's" }],
    });
    const { result } = await prom.call('prom_query', { expr: 'queue_depth[1m]' }, 'shop');
    const values = expect.arrayContaining([[expect.any(Number), '3']]);
    expect(result).toMatchObject([{ metric: { queue: 'mail' }, values }]);
  });

  test('a server error repeats what is wrong with the query', async () => {
    const call = prom.call('prom_query', { expr: 'rate(queue_depth)' }, 'shop');
    await expect(call).rejects.toMatchObject({
      code: 'query_failed',
      detail: expect.stringContaining('expected type range vector'),
    });
  });

  test('prom_query_range takes points at every step', async () => {
    const range = { expr: 'sum(queue_depth)', start: '-4s', step: '1s' };
    const { series, step } = await prom.call('prom_query_range', range, 'shop');
    expect(step).toBe(1);
    const values = (series as { values: [number, string][] }[])[0]?.values ?? [];
    expect(values.length).toBeGreaterThan(0);
    expect(new Set(values.map(([, value]) => value))).toEqual(new Set(['3']));
    const all = await prom.call('prom_query_range', range, 'none');
    expect(JSON.stringify(all.series)).toContain('"44"');
  });

  test('prom_query_range raises a step that would give too many points and says so', async () => {
    const range = { metric: 'queue_depth', start: '-2d', step: '1s' };
    const answer = await prom.call('prom_query_range', range, 'shop');
    expect(answer.step).toBe(30);
    expect(answer.note).toMatch(/step raised from 1s to 30s: at most 8192 points/);
  });

  test('prom_alerts shows the alerts of the scope alone', async () => {
    const { alerts } = await prom.call('prom_alerts', {}, 'shop');
    expect(alerts).toMatchObject([
      {
        name: 'QueueDeep',
        state: 'firing',
        labels: { namespace: 'shop' },
        annotations: { summary: 'mail is late' },
      },
    ]);
    const all = await prom.call('prom_alerts', { state: 'firing' }, 'none');
    expect(all.alerts).toHaveLength(2);
    expect((await prom.call('prom_alerts', { name: 'PayoutsDeep' }, 'shop')).alerts).toEqual([]);
  });

  test('prom_rules shows the rules of the scope alone', async () => {
    const { rules } = await prom.call('prom_rules', {}, 'shop');
    expect(rules).toMatchObject([
      { group: 'shop', name: 'QueueDeep', query: 'queue_depth{namespace="shop"} > 1', active_alerts: 1 },
      { group: 'shop', name: 'shop:depth', type: 'recording', health: 'ok' },
    ]);
    const all = await prom.call('prom_rules', { type: 'record' }, 'none');
    expect((all.rules as { name: string }[]).map(({ name }) => name).sort()).toEqual([
      'all:depth',
      'shop:depth',
    ]);
  });

  test('prom_targets shows the targets of the scope alone, without what may be a key', async () => {
    const answer = await prom.call('prom_targets', {}, 'shop');
    expect(answer.targets).toMatchObject([
      {
        pool: 'orders',
        health: 'up',
        labels: { namespace: 'shop', job: 'orders' },
        url: expect.stringMatching(/\/app$/),
      },
    ]);
    expect(JSON.stringify(answer)).not.toMatch(/scrape-key|__/);
    expect((await prom.call('prom_targets', { health: 'up' }, 'none')).targets).toHaveLength(3);
  });

  test('prom_metrics shows names and metadata of the scope alone', async () => {
    const { metrics } = await prom.call('prom_metrics', {}, 'shop');
    expect(metrics).toContainEqual({
      name: 'orders_placed_total',
      type: 'counter',
      help: 'Orders that customers placed.',
    });
    expect(metrics).toContainEqual({
      name: 'checkout_seconds_bucket',
      type: 'histogram',
      help: 'Time that a checkout takes.',
    });
    expect(metrics).toContainEqual({
      name: 'work_pending',
      type: 'gauge',
      help: 'What the shop has yet to send.',
    });
    expect(JSON.stringify(metrics)).not.toMatch(OF_FINANCE);
    const all = await prom.call('prom_metrics', { search: 'LEDGER' }, 'none');
    expect(all.metrics).toEqual([
      { name: 'ledger_entries_total', type: 'counter', help: 'Bookings in the general ledger.' },
    ]);
  });

  test('prom_labels lists names and values of the scope alone', async () => {
    const names = await prom.call('prom_labels', {}, 'shop');
    expect(names.values).toEqual(expect.arrayContaining(['__name__', 'app', 'namespace', 'queue']));
    expect(names.values).not.toContain('book');
    expect((await prom.call('prom_labels', {}, 'none')).values).toContain('book');
    expect(await prom.call('prom_labels', { label: 'namespace' }, 'shop')).toMatchObject({
      values: ['shop'],
    });
    const versions = { label: 'version', metric: 'build_info' };
    expect((await prom.call('prom_labels', versions, 'none')).values).toEqual(['1.2.3', '9.9.9']);
    expect((await prom.call('prom_labels', versions, 'finance')).values).toEqual(['9.9.9']);
  });

  test('prom_series lists the label sets of the scope alone', async () => {
    const { series } = await prom.call('prom_series', { selector: '{__name__=~"build_.*"}' }, 'shop');
    expect(series).toMatchObject([{ __name__: 'build_info', namespace: 'shop', version: '1.2.3' }]);
    expect((await prom.call('prom_series', { metric: 'build_info' }, 'none')).series).toHaveLength(2);
    expect(JSON.stringify((await prom.call('prom_series', {}, 'shop')).series)).not.toMatch(OF_FINANCE);
  });

  test('what is over the row limit is cut and says so', async () => {
    const limits = { rows: 1 };
    const cut = await prom.call('prom_query', { expr: 'http_requests_total' }, 'shop', { limits });
    expect(cut).toMatchObject({ truncated: true, hint: expect.stringContaining('1 results') });
    expect(cut.result).toHaveLength(1);
    for (const [name, list] of [
      ['prom_series', 'series'],
      ['prom_labels', 'values'],
      ['prom_metrics', 'metrics'],
      ['prom_rules', 'rules'],
    ] as const) {
      const answer = await prom.call(name, {}, 'shop', { limits });
      expect(answer).toMatchObject({
        truncated: true,
        hint: expect.any(String),
        [list]: [expect.anything()],
      });
    }
  });
});
