import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describe as describeTable } from '../../src/services/clickhouse/tools/describe.ts';
import { insert } from '../../src/services/clickhouse/tools/insert.ts';
import { insertKeyed } from '../../src/services/clickhouse/tools/insert-keyed.ts';
import { parts } from '../../src/services/clickhouse/tools/parts.ts';
import { query } from '../../src/services/clickhouse/tools/query.ts';
import { tables } from '../../src/services/clickhouse/tools/tables.ts';
import { type ClickHouseLab, type Lab, openLab } from '../services/clickhouse/lab.ts';
import { program } from '../services/clickhouse/server.ts';

describe.skipIf(!program)('tables outside the list of a link', () => {
  let lab: Lab;
  let olap: ClickHouseLab;
  beforeAll(async () => {
    lab = await openLab();
    olap = lab.open({ shop: { tables: ['orders', 'views*'], keys: { hidden: 'id', orders: 'id' } } });
  });
  beforeEach(() => lab.tap.forget());
  afterAll(() => lab.close());

  const OUTSIDE = [
    'hidden',
    'Orders',
    'orders ',
    'order',
    'view',
    '.inner.by_kind',
    'orders`',
    'shop.orders',
    '*',
    'orders*',
    '%',
  ];

  test.each(OUTSIDE)('%j is refused before a byte about it leaves', async (table) => {
    const quoted = `\`${table.replaceAll('`', '\\`')}\``;
    const rows = [{ id: 1, word: 'x' }];
    await expect(olap.read(query, 'shop', { sql: `select * from ${quoted}` })).rejects.toThrow(
      /query_refused/,
    );
    await expect(async () => olap.read(describeTable, 'shop', { table })).rejects.toThrow();
    await expect(async () => olap.read(parts, 'shop', { table })).rejects.toThrow();
    await expect(async () => olap.write(insert, 'shop', { table, rows })).rejects.toThrow();
    await expect(async () => olap.write(insertKeyed, 'shop', { table, rows })).rejects.toThrow();
    expect(lab.sent()).toBe('');
  });

  test('lists leave them out', async () => {
    const listed = JSON.stringify([await olap.read(tables, 'shop', {}), await olap.read(parts, 'shop', {})]);
    expect(listed).toContain('orders');
    expect(listed).not.toMatch(/hidden|events|inner/);
  });
});
