import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describe as describeTable } from '../../../src/services/clickhouse/tools/describe.ts';
import { explain } from '../../../src/services/clickhouse/tools/explain.ts';
import { parts } from '../../../src/services/clickhouse/tools/parts.ts';
import { query } from '../../../src/services/clickhouse/tools/query.ts';
import { runningQueries } from '../../../src/services/clickhouse/tools/running-queries.ts';
import { tables } from '../../../src/services/clickhouse/tools/tables.ts';
import { type ClickHouseLab, type Lab, openLab } from './lab.ts';
import { program } from './server.ts';

describe.skipIf(!program)('reading ClickHouse', () => {
  let lab: Lab;
  let olap: ClickHouseLab;
  beforeAll(async () => {
    lab = await openLab();
    olap = lab.open({ shop: {}, gone: {} });
  });
  afterAll(() => lab.close());

  const rows = async (sql: string) => (await olap.read(query, 'shop', { sql })).rows;

  test('a query answers with columns, types and exact values', async () => {
    const found = await olap.read(query, 'shop', {
      sql: 'select id, at, kind, price, tags, twice from events order by id desc limit 2;',
    });
    expect(found).toEqual({
      columns: [
        { name: 'id', type: 'UInt64' },
        { name: 'at', type: 'DateTime' },
        { name: 'kind', type: 'String' },
        { name: 'price', type: 'Nullable(Float64)' },
        { name: 'tags', type: 'Array(String)' },
        { name: 'twice', type: 'UInt64' },
      ],
      rows: [
        ['18446744073709551615', '2024-02-01 00:00:00', 'view', 0.1, ['c'], '18446744073709551614'],
        ['2', '2024-01-02 00:00:00', 'buy', null, [], '4'],
      ],
      truncated: false,
    });
  });

  test.each([
    ["select count(*) from shop.events as e where e.kind = 'view'", [['2']]],
    [
      'select kind, countIf(id > 1) c from events group by kind having c >= 0 order by kind',
      [
        ['buy', '1'],
        ['view', '1'],
      ],
    ],
    ['with e as (select * from events) select count() from e where id in (select id from e)', [['3']]],
    ['with 2 as two select two + 1', [[3]]],
    ['select tag from events array join tags as tag order by tag', [['a'], ['b'], ['c']]],
    ['select arrayMap((x, y) -> x + y, [1, 2], [3, 4]), arrayFilter(x -> x > 1, [1, 2])[1]', [[[4, 6], 2]]],
    [
      "select case when 1 = 1 then 'a' else 'b' end, 1 ? 2 : 3, not 1 = 2, (1, 'x').2, null is null",
      [['a', 2, 1, 'x', 1]],
    ],
    [
      "select CAST('5' AS UInt8) + cast('6', 'UInt16'), '7'::UInt8, toDate('2024-01-01') + interval 1 day",
      [[11, 7, '2024-01-02']],
    ],
    ["select 'it''s', 'a\\\\b', 'x\\ty', 'é☃', '\\x01'", [["it's", 'a\\b', 'x\ty', 'é☃', '\u0001']]],
    [
      'select quantile(0.5)(id % 2), uniqExact(kind), count(distinct kind) from events where id < 10',
      [[0.5, '2', '2']],
    ],
    ['select id, n from events any left join totals using kind order by id limit 1', [['1', '2']]],
    [
      'select e.id from events as e all inner join (select kind as k from totals) as t on e.kind = t.k order by id limit 1',
      [['1']],
    ],
    ['select 1 as a union all select 2', [[1], [2]]],
    ["select id from events where id between 1 and 2 and kind not in ('buy') and kind like 'v%'", [['1']]],
    ['select kind from events order by id limit 1 by kind limit 1, 1', [['buy']]],
    [
      'select -id, - -1, 1 - -1, 7 % 4, 7 / 2, 2 * (3 + 4) from events where id = 1',
      [['-1', 1, 2, 3, 3.5, 14]],
    ],
    ["select n from totals final prewhere kind = 'buy'", [['1']]],
    ['select n from views_of_views', [['2']]],
    ['select count() from far', [['3']]],
    ['select count() from by_kind', [['0']]],
    [
      "select toDecimal64('12345678901234.5678', 4), toFloat64(1) / 3, toFloat64('nan')",
      [['12345678901234.5678', 0.3333333333333333, 'nan']],
    ],
    ['select /* a comment */ 1 -- and another', [[1]]],
  ])('%s', async (sql, expected) => {
    const found = await rows(sql);
    expect(sql.includes('union') ? found.toSorted() : found).toEqual(expected);
  });

  test('what is over the limit is cut, and said', async () => {
    const cut = await olap.read(
      query,
      'shop',
      { sql: 'select arrayJoin(range(1000)) as n order by n' },
      { limits: { rows: 3 } },
    );
    expect(cut).toMatchObject({ rows: [[0], [1], [2]], truncated: true, hint: expect.any(String) });
    const all = await olap.read(
      query,
      'shop',
      { sql: 'select arrayJoin(range(3))' },
      { limits: { rows: 3 } },
    );
    expect(all).toMatchObject({ truncated: false });
    const arms = 'select arrayJoin(range(9)) union all select 1';
    expect(await olap.read(query, 'shop', { sql: arms }, { limits: { rows: 2 } })).toMatchObject({
      rows: { length: 2 },
      truncated: true,
    });
  });

  test('tables, with sizes; narrowed to those of the link', async () => {
    const all = await olap.read(tables, 'shop', {});
    expect(all.tables.map(({ name }) => name)).toContain('hidden');
    expect(all.tables.map(({ name }) => name)).not.toContain('.inner.by_kind');
    expect(all.tables.find(({ name }) => name === 'events')).toMatchObject({
      engine: 'MergeTree',
      row_count: 3,
      parts: 2,
    });
    expect(all.tables.find(({ name }) => name === 'views')).toMatchObject({
      engine: 'View',
      row_count: null,
    });
    const narrow = lab.open({ shop: { tables: ['views*', 'events'] } });
    expect((await narrow.read(tables, 'shop', {})).tables.map(({ name }) => name)).toEqual([
      'events',
      'views',
      'views_of_views',
    ]);
    expect((await narrow.read(tables, 'shop', { prefix: 'e' })).tables).toHaveLength(1);
    expect(await narrow.read(tables, 'shop', {}, { limits: { rows: 1 } })).toMatchObject({ truncated: true });
  });

  test('a table with its columns and keys', async () => {
    const found = await olap.read(describeTable, 'shop', { table: 'events' });
    expect(found).toMatchObject({ engine: 'MergeTree', partition_key: 'toYYYYMM(at)', sorting_key: 'id' });
    expect(found.columns.map(({ name, default_kind }) => `${name} ${default_kind}`.trim())).toEqual([
      'id',
      'at',
      'kind',
      'price',
      'tags',
      'ten DEFAULT',
      'next MATERIALIZED',
      'twice ALIAS',
    ]);
    expect(found.columns.at(-1)).toMatchObject({ default_expression: 'id * 2' });
    await expect(olap.read(describeTable, 'shop', { table: 'none' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('partitions with their parts', async () => {
    expect((await olap.read(parts, 'shop', { table: 'events' })).partitions).toMatchObject([
      { table: 'events', partition: '202401', parts: 1, row_count: 2 },
      { table: 'events', partition: '202402', parts: 1, row_count: 1 },
    ]);
    const narrow = lab.open({ shop: { tables: ['totals'] } });
    expect((await narrow.read(parts, 'shop', {})).partitions.map(({ table }) => table)).toEqual(['totals']);
    expect(await olap.read(parts, 'shop', {}, { limits: { rows: 1 } })).toMatchObject({ truncated: true });
  });

  test('running queries: those within the target without their values, the others counted', async () => {
    await lab.fill();
    const slow = (table: string) =>
      `SELECT count() FROM ${table} WHERE hex(SHA256(toString(n))) LIKE '%jane@example.com%'`;
    const running = [
      lab.server.run(`${slow('shop.kept')} FORMAT JSON`),
      lab.server.run(slow('vault.kept')),
      lab.server.run(`INSERT INTO vault.kept ${slow('shop.kept')}`),
    ].map((one) => one.catch(() => 'stopped'));
    const seen = async () => olap.read(runningQueries, 'shop', {});
    await expect.poll(async () => (await seen()).others, { timeout: 10_000 }).toBe(2);
    const { queries } = await seen();
    expect(queries).toMatchObject([
      { user: 'admin', query_id: expect.any(String), seconds: expect.any(Number) },
    ]);
    expect(queries[0]?.query).toBe(
      'SELECT count() FROM `shop`.`kept` WHERE (hex(SHA256(toString(`n`))) LIKE ?)',
    );
    expect((await olap.read(runningQueries, 'shop', { min_seconds: 10_000 })).queries).toEqual([]);
    await lab.server.run("KILL QUERY WHERE user = 'admin' ASYNC");
    await Promise.all(running);
  });

  test('errors say what would help, and nothing of the server’s own', async () => {
    await expect(rows('select nope from events')).rejects.toMatchObject({
      code: 'query_failed',
      detail: expect.stringContaining('nope'),
    });
    await expect(rows('select * from none')).rejects.toMatchObject({ code: 'not_found' });
    await expect(rows("select toUInt8('x') from events")).rejects.toMatchObject({ code: 'query_failed' });
    await expect(olap.read(explain, 'shop', { sql: 'select 1' })).rejects.toMatchObject({
      code: 'query_failed',
      detail: expect.stringContaining('version'),
    });
    await expect(
      lab.open({ shop: {} }, { password: 'wrong' }).read(tables, 'shop', {}),
    ).rejects.toMatchObject({ code: 'login_failed' });
    await expect(lab.open({ shop: {} }, { port: 1 }).read(tables, 'shop', {})).rejects.toMatchObject({
      code: 'unreachable',
    });
    expect(await olap.read(tables, 'gone', {})).toMatchObject({ tables: [] });
  });
});
