import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describe as describeTable } from '../../src/services/clickhouse/tools/describe.ts';
import { query } from '../../src/services/clickhouse/tools/query.ts';
import { runningQueries } from '../../src/services/clickhouse/tools/running-queries.ts';
import { tables } from '../../src/services/clickhouse/tools/tables.ts';
import { type ClickHouseLab, type Lab, openLab } from '../services/clickhouse/lab.ts';
import { program } from '../services/clickhouse/server.ts';

describe.skipIf(!program)('credentials and data of others that ClickHouse would tell', () => {
  let lab: Lab;
  let olap: ClickHouseLab;
  beforeAll(async () => {
    lab = await openLab();
    await lab.server.run(
      "CREATE TABLE shop.mysql (id UInt64) ENGINE = MySQL('127.0.0.1:1', 'd', 't', 'root', 'my-sql-pass')",
    );
    await lab.server.run(
      "CREATE TABLE shop.keyed (id UInt64, k String DEFAULT concat(hostName(), 'cipher-key')) ENGINE = Memory",
    );
    await lab.fill();
    olap = lab.open({ shop: {} });
  });
  afterAll(() => lab.close());

  test('the arguments of an engine, and defaults that are no plain expressions, are not shown', async () => {
    const shown = JSON.stringify([
      await olap.read(tables, 'shop', {}),
      await olap.read(describeTable, 'shop', { table: 'mysql' }),
      await olap.read(describeTable, 'shop', { table: 'keyed' }),
      await olap.read(query, 'shop', { sql: 'select * from mysql' }).catch((error: Error) => error.message),
    ]);
    expect(shown).toContain('MySQL');
    expect(shown).not.toMatch(/my-sql-pass|cipher-key|root/);
  });

  test('a wrong password is in no error', async () => {
    const wrong = lab.open({ shop: {} }, { password: 'not-the-pass' });
    const error = await wrong.read(tables, 'shop', {}).catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: 'login_failed' });
    expect(String(error)).not.toMatch(/not-the-pass|admin/);
  });

  test('values of a row are in no error', async () => {
    await lab.server.run("INSERT INTO shop.orders (id, note) VALUES (1, 'card 4111')");
    const error = await olap
      .read(query, 'shop', { sql: 'select toUInt8(note) from orders' })
      .catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: 'query_failed' });
    expect(String(error)).not.toContain('4111');
  });

  test('texts of others’ queries, and values in any, are not shown', async () => {
    const slow = (table: string) =>
      `SELECT count() FROM ${table} WHERE hex(SHA256(toString(n))) = 'jane-secret'`;
    const running = [
      slow('vault.kept'),
      `SELECT (SELECT count() FROM vault.secrets), count() FROM shop.kept WHERE hex(SHA256(toString(n))) = 'jane-secret'`,
      `INSERT INTO vault.kept ${slow('shop.kept')}`,
      `${slow('shop.kept')} OR n = 424242`,
    ].map((statement) => lab.server.run(statement).catch(() => 'stopped'));
    await expect
      .poll(
        async () => {
          const { queries, others } = await olap.read(runningQueries, 'shop', {});
          return [queries.length, others];
        },
        { timeout: 10_000 },
      )
      .toEqual([1, 3]);
    const shown = JSON.stringify(await olap.read(runningQueries, 'shop', {}));
    expect(shown).toContain('`shop`.`kept`');
    expect(shown).not.toMatch(/jane-secret|424242|vault/);
    await lab.server.run("KILL QUERY WHERE user = 'admin' ASYNC");
    await Promise.all(running);
  });
});
