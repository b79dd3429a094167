import { describe, expect, test } from 'vitest';
import type { Line } from '../../../src/services/loki/log-lines.ts';
import { OF_FINANCE, openTwin } from './lab.ts';

const lab = openTwin();
const linesOf = (answer: Record<string, unknown>) => (answer.result as Line[]).map(({ line }) => line);

describe('loki_query_range', () => {
  test('reads lines of the scope alone, the newest first', async () => {
    const answer = await lab.read('loki_query_range', 'shop', {});
    expect(answer).toMatchObject({ query: '{namespace="shop"}', truncated: false });
    expect(linesOf(answer)).toEqual([
      'GET /pay 500',
      'level=info msg="cart paid" took=250ms',
      'GET /cart 200',
      expect.stringContaining('card refused'),
      'level=info msg="cart opened" took=12ms',
    ]);
    expect(answer.streams).toContainEqual({ namespace: 'shop', app: 'web' });
    const [first] = answer.result as Line[];
    expect((answer.streams as object[])[first?.stream ?? -1]).toEqual({ namespace: 'shop', app: 'web' });
    expect(first?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.123456789Z$/);
    expect(JSON.stringify(answer).replaceAll('finance-lookalike', '')).not.toMatch(OF_FINANCE);
  });

  test('reads the oldest first, filtered and parsed', async () => {
    const forward = await lab.read('loki_query_range', 'shop', {
      logql: '{app="web"}',
      direction: 'forward',
    });
    expect(linesOf(forward)).toEqual(['GET /cart 200', 'GET /pay 500']);
    const typed = await lab.read('loki_query_range', 'shop', {
      matchers: [{ label: 'app', value: 'cart' }],
      line_filters: [{ value: 'cart' }],
      parser: { type: 'logfmt' },
      label_filters: [{ label: 'took', op: '>', value: '100ms' }],
    });
    expect(typed.query).toBe('{app="cart", namespace="shop"} |= "cart" | logfmt | took > 100ms');
    expect(linesOf(typed)).toEqual(['level=info msg="cart paid" took=250ms']);
  });

  test('says what it cut, and how to read on loses no line', async () => {
    const read: string[] = [];
    let end: string | undefined;
    for (let page = 0; page < 10; page++) {
      const answer = await lab.read('loki_query_range', 'shop', { limit: 2, ...(end ? { end } : {}) });
      read.push(...linesOf(answer));
      if (!answer.truncated) break;
      end = /set end to (\S+),/.exec(String(answer.hint))?.[1];
      expect(end).toBeDefined();
    }
    const all = linesOf(await lab.read('loki_query_range', 'shop', {}));
    expect([...new Set(read)]).toEqual(all);
  });

  test('stays within the rows and bytes of the call', async () => {
    const rows = await lab.read('loki_query_range', 'shop', { limit: 1000 }, { limits: { rows: 3 } });
    expect(rows).toMatchObject({ truncated: true });
    expect(rows.result).toHaveLength(3);
    expect(lab.twin().requests.at(-1)?.params.limit).toBe('4');
    const bytes = await lab.read('loki_query_range', 'shop', {}, { limits: { bytes: 400 } });
    expect(bytes).toMatchObject({ truncated: true });
    expect(JSON.stringify(bytes.result).length).toBeLessThan(400);
  });

  test('cuts a long line, whole characters of it', async () => {
    const long = `begin ${'x'.repeat(1993)}😀 end`;
    const nanoseconds = `${Math.floor(Date.now() / 1000) - 5}000000000`;
    lab
      .twin()
      .streams.push({ labels: { namespace: 'shop', app: 'long' }, entries: [{ nanoseconds, line: long }] });
    const { result } = await lab.read('loki_query_range', 'shop', { logql: '{app="long"}' });
    lab.twin().streams.pop();
    expect(result).toMatchObject([{ line: `begin ${'x'.repeat(1993)}`, cut_from: long.length }]);
  });

  test('counts over time, with a step that fits', async () => {
    const answer = await lab.read('loki_query_range', 'shop', {
      function: 'count_over_time',
      window: '5m',
      aggregation: { op: 'sum', by: ['app'] },
      start: '-2m',
      step: '1m',
    });
    expect(answer).toMatchObject({
      step: 60,
      query: 'sum by (app) (count_over_time({namespace="shop"} [5m]))',
    });
    const series = answer.result as { metric: object; values: unknown[] }[];
    expect(series.map(({ metric }) => metric)).toEqual(
      expect.arrayContaining([{ app: 'cart' }, { app: 'web' }]),
    );
    const raised = await lab.read('loki_query_range', 'shop', {
      logql: 'rate({a="b"}[1m])',
      start: '-1d',
      step: '1s',
    });
    expect(raised.note).toContain('step raised');
  });

  test.for([
    [{ logql: '{a="b"}', matchers: [{ label: 'a', value: 'b' }] }, 'not both'],
    [{ start: '-1h', end: '-2h' }, 'end must lie after start'],
    [{ start: 'yesterday' }, 'not understood'],
    [{ step: '0s', function: 'rate', window: '5m' }, 'longer than zero'],
  ] as const)('%j is refused', async ([args, words]) => {
    await expect(lab.read('loki_query_range', 'shop', args)).rejects.toMatchObject({
      code: 'invalid_arguments',
      detail: expect.stringContaining(words),
    });
    expect(lab.sent()).toBe('');
  });
});

describe('loki_query', () => {
  test('counts the lines of the scope alone', async () => {
    const shop = await lab.read('loki_query', 'shop', { logql: 'sum(count_over_time({app=~".+"}[1h]))' });
    expect(shop).toMatchObject({ result: [{ metric: {}, value: '5' }], truncated: false });
    const finance = await lab.read('loki_query', 'finance', {
      logql: 'sum(count_over_time({app=~".+"}[1h]))',
    });
    expect(finance.result).toMatchObject([{ value: '2' }]);
    const all = await lab.read('loki_query', 'none', { logql: 'sum(count_over_time({app=~".+"}[1h]))' });
    expect(all.result).toMatchObject([{ value: '9' }]);
  });

  test('takes numbers out of lines', async () => {
    const { result, query } = await lab.read('loki_query', 'shop', {
      matchers: [{ label: 'app', value: 'cart' }],
      parser: { type: 'json' },
      function: 'max_over_time',
      unwrap: 'code',
      window: '10m',
      aggregation: { op: 'max' },
    });
    expect(query).toContain('| json | unwrap code | __error__="" [10m]');
    expect(result).toMatchObject([{ value: '402' }]);
  });

  test('takes arithmetic and scalars', async () => {
    expect(await lab.read('loki_query', 'shop', { logql: '1 + 2 * 3' })).toMatchObject({
      result: [{ value: '7' }],
    });
    const half = 'sum(rate({app="web"} |= "500" [10m])) / sum(rate({app="web"}[10m]))';
    expect(await lab.read('loki_query', 'shop', { logql: half })).toMatchObject({
      result: [{ value: '0.5' }],
    });
  });

  test('points to the other tool for lines', async () => {
    await expect(lab.read('loki_query', 'shop', { logql: '{app="api"}' })).rejects.toMatchObject({
      code: 'invalid_arguments',
      detail: expect.stringContaining('loki_query_range'),
    });
    expect(lab.sent()).toBe('');
  });

  test('stays within the rows', async () => {
    const logql = 'sum by (app, level) (count_over_time({app=~".+"}[1h]))';
    const answer = await lab.read('loki_query', 'shop', { logql }, { limits: { rows: 2 } });
    expect(answer).toMatchObject({ truncated: true, hint: expect.stringContaining('2 results') });
    expect(answer.result).toHaveLength(2);
  });
});

describe('look-ups', () => {
  test('loki_labels and loki_label_values', async () => {
    expect(await lab.read('loki_labels', 'shop', {})).toMatchObject({
      labels: ['app', 'level', 'namespace'],
    });
    expect(await lab.read('loki_labels', 'shop', { selector: '{app="web"}' })).toMatchObject({
      labels: ['app', 'namespace'],
    });
    expect(await lab.read('loki_labels', 'none', {})).toMatchObject({
      labels: ['app', 'level', 'namespace', 'team'],
    });
    expect(await lab.read('loki_label_values', 'finance', { label: 'app' })).toMatchObject({
      values: ['payouts'],
    });
    expect(await lab.read('loki_label_values', 'none', { label: 'namespace' })).toMatchObject({
      values: ['finance', 'shop', 'shop-finance'],
    });
    expect(await lab.read('loki_label_values', 'none', { label: 'nobody' })).toMatchObject({ values: [] });
    const cut = await lab.read('loki_label_values', 'shop', { label: 'app' }, { limits: { rows: 1 } });
    expect(cut).toMatchObject({ values: ['cart'], truncated: true });
  });

  test('loki_series', async () => {
    expect(await lab.read('loki_series', 'shop', {})).toMatchObject({ truncated: false });
    const { streams } = await lab.read('loki_series', 'shop', { selector: '{level="error"}' });
    expect(streams).toEqual([{ namespace: 'shop', app: 'cart', level: 'error' }]);
    const cut = await lab.read('loki_series', 'shop', {}, { limits: { rows: 1 } });
    expect(cut).toMatchObject({ truncated: true, streams: [expect.anything()] });
    expect((await lab.read('loki_series', 'shop', { start: '-10s' })).streams).toEqual([]);
  });

  test('loki_stats', async () => {
    const stats = await lab.read('loki_stats', 'shop', { selector: '{app="web"}' });
    expect(stats).toEqual({
      selector: '{app="web", namespace="shop"}',
      streams: 1,
      chunks: 1,
      entries: 2,
      bytes: 25,
    });
    expect(await lab.read('loki_stats', 'shop', {})).toMatchObject({ entries: 5 });
  });

  test('loki_patterns', async () => {
    const { patterns } = await lab.read('loki_patterns', 'shop', { selector: '{app="web"}' });
    expect(patterns).toMatchObject([
      { pattern: 'GET /cart <_>', lines: 1 },
      { pattern: 'GET /pay <_>', lines: 1 },
    ]);
    lab.twin().behaviour.hasPatterns = false;
    await expect(lab.read('loki_patterns', 'shop', {})).rejects.toMatchObject({
      code: 'not_found',
      detail: expect.stringContaining('pattern_ingester'),
    });
  });

  test.for(['loki_series', 'loki_stats', 'loki_patterns'])('%s of everything is refused', async (tool) => {
    await expect(lab.read(tool, 'none', {})).rejects.toMatchObject({ code: 'invalid_arguments' });
    expect(lab.sent()).toBe('');
  });
});
