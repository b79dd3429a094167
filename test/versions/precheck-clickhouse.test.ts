import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ClickHouse, program, startClickHouse } from '../services/clickhouse/server.ts';
import { openPrecheckLab, type PrecheckLab } from './precheck-lab.ts';

describe.skipIf(!program)('a rollback on ClickHouse', () => {
  let server: ClickHouse;
  let lab: PrecheckLab;
  beforeAll(async () => {
    server = await startClickHouse();
    await server.run('CREATE DATABASE shop');
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    await server.restrict('');
    await server.run('DROP TABLE IF EXISTS shop.orders');
    await server.run('CREATE TABLE shop.orders (id UInt64, note String) ENGINE = MergeTree ORDER BY id');
    lab = await openPrecheckLab(
      `type: clickhouse, url: '${server.url}', credentials: {user: changing, password: {env: P}}, databases: {shop: {keys: {orders: id}}}`,
      'queries',
      { P: server.password },
    );
  });
  afterEach(() => lab.close());

  const insert = (id: number) =>
    lab.written('clickhouse_insert_keyed', { table: 'orders', rows: [{ id, note: 'x' }] });

  test('with all that it needs has nothing in its way', async () => {
    const start = await insert(1);
    expect(await lab.plan(start)).toMatchObject({ obstacles: [], untried: [] });
    expect(await lab.plan(await lab.back(start))).toMatchObject({ obstacles: [], untried: [] });
  });

  test('by an account that may not ALTER any more is found, of every step', async () => {
    const start = await insert(1);
    await insert(2);
    await server.restrict('<allow_ddl>0</allow_ddl>');
    const said = expect.stringContaining('the account has allow_ddl = 0');
    expect(await lab.found(start)).toEqual([said, said]);
  });

  test('by an account that may only read by now is found', async () => {
    const start = await insert(1);
    await server.restrict('<readonly>2</readonly>');
    expect(await lab.found(start)).toEqual([expect.stringContaining('permission_denied')]);
  });

  test('of a table that went is found, of every step', async () => {
    const start = await insert(1);
    await insert(2);
    await server.run('DROP TABLE shop.orders');
    const gone = expect.stringContaining('the database has no table orders');
    expect(await lab.found(start)).toEqual([gone, gone]);
  });

  test('finds rows that somebody changed', async () => {
    const start = await insert(1);
    await server.run("INSERT INTO shop.orders VALUES (1, 'theirs')");
    expect(await lab.found(start)).toEqual([
      expect.stringContaining('somebody changed rows of orders with these keys'),
    ]);
  });

  test('finds a key column that went', async () => {
    const start = await insert(1);
    await server.run('DROP TABLE shop.orders');
    await server.run('CREATE TABLE shop.orders (other UInt64) ENGINE = MergeTree ORDER BY other');
    expect(await lab.found(start)).toEqual([expect.stringContaining('names the key id')]);
  });

  test('that makes rows again finds a column that no longer takes them', async () => {
    const start = await insert(1);
    const written = await lab.back(start);
    await server.run('ALTER TABLE shop.orders DROP COLUMN note');
    expect(await lab.found(written)).toEqual([expect.stringContaining('has no column note')]);
  });
});
