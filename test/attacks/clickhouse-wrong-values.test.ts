import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insert } from '../../src/services/clickhouse/tools/insert.ts';
import { query } from '../../src/services/clickhouse/tools/query.ts';
import { runningQueries } from '../../src/services/clickhouse/tools/running-queries.ts';
import { type ClickHouseLab, type Lab, openLab } from '../services/clickhouse/lab.ts';
import { program } from '../services/clickhouse/server.ts';

describe.skipIf(!program)('a result or a row that would silently be another one', () => {
  let lab: Lab;
  let olap: ClickHouseLab;
  beforeAll(async () => {
    lab = await openLab();
    olap = lab.open({ shop: {} });
  });
  afterAll(() => lab.close());

  test('UNION ALL keeps columns whose names repeat, and stays bounded', async () => {
    const twice = { sql: 'select count(), count() from events union all select 1, 2' };
    const { columns, rows } = await olap.read(query, 'shop', twice);
    expect(columns).toHaveLength(2);
    expect(rows).toEqual(
      expect.arrayContaining([
        ['3', '3'],
        ['1', '2'],
      ]),
    );
    const many = { sql: 'select id from events union all select id from events' };
    expect(await olap.read(query, 'shop', many, { limits: { rows: 4 } })).toMatchObject({ truncated: true });
    expect(await olap.read(query, 'shop', many)).toMatchObject({ truncated: false });
    lab.tap.forget();
    await olap.read(query, 'shop', many, { limits: { rows: 2 } });
    expect(lab.sent()).toMatch(/LIMIT 3 UNION ALL .*LIMIT 3 FORMAT/);
  });

  test.each([
    [{ id: 2 ** 63 }, /as text/],
    [{ id: 1, tags: [2 ** 60] }, /as text/],
    [{ id: null }, /takes no null/],
    [{ id: 1, tags: [null] }, /takes no null/],
  ])('%j is not inserted', async (row, why) => {
    lab.tap.forget();
    const written = async () => olap.write(insert, 'shop', { table: 'orders', rows: [row] });
    await expect(written).rejects.toThrow(why);
    expect(lab.sent()).not.toContain('INSERT');
  });

  test('null and long numbers as text are', async () => {
    const rows = [{ id: '12345678901234567890', price: null }];
    await olap.write(insert, 'shop', { table: 'orders', rows });
    expect(await lab.server.run('SELECT id, price FROM shop.orders')).toBe('12345678901234567890\t\\N\n');
  });

  test('a query cannot take itself off the list of those that run', async () => {
    const text = 'FROM system.processes WHERE query NOT LIKE';
    const running = lab.server.run(`SELECT sleepEachRow(1), '${text}' FROM shop.events`);
    const seen = async () => (await olap.read(runningQueries, 'shop', {})).others;
    await expect.poll(seen, { timeout: 2_500 }).toBe(1);
    await running;
  });
});
