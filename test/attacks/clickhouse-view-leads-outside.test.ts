import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { query } from '../../src/services/clickhouse/tools/query.ts';
import { type ClickHouseLab, type Lab, openLab } from '../services/clickhouse/lab.ts';
import { program } from '../services/clickhouse/server.ts';

describe.skipIf(!program)('a table of the link that reads elsewhere', () => {
  let lab: Lab;
  let olap: ClickHouseLab;
  beforeAll(async () => {
    lab = await openLab();
    for (const statement of [
      'CREATE TABLE vault.inbox (id UInt64, word String) ENGINE = MergeTree ORDER BY id',
      'CREATE MATERIALIZED VIEW shop.mv_leak TO vault.inbox AS SELECT id, word FROM vault.secrets',
      'CREATE TABLE shop.buffer_leak AS vault.secrets ENGINE = Buffer(vault, secrets, 16, 10, 100, 10000, 1000000, 10000000, 100000000)',
      // Tables of these names are in both databases.
      'CREATE TABLE shop.buffer_twin (id UInt64, word String) ENGINE = Buffer(vault, kept, 16, 10, 100, 10000, 1000000, 10000000, 100000000)',
      'CREATE TABLE shop.far_twin (id UInt64, word String) ENGINE = Distributed(here, vault, kept)',
      'CREATE TABLE shop.buffer AS shop.hidden ENGINE = Buffer(shop, hidden, 16, 10, 100, 10000, 1000000, 10000000, 100000000)',
      "CREATE TABLE shop.mysql (id UInt64, word String) ENGINE = MySQL('127.0.0.1:1', 'd', 't', 'root', 'my-sql-pass')",
      "CREATE TABLE shop.url (id UInt64, word String) ENGINE = URL('http://127.0.0.1:1/', CSV)",
      'CREATE TABLE shop.file (id UInt64, word String) ENGINE = File(CSV)',
      'CREATE VIEW shop.in_leak AS SELECT 1 AS id, 2 AS word WHERE 1 IN (SELECT id FROM vault.secrets)',
      'CREATE VIEW shop.set_leak AS SELECT 1 AS id, 2 AS word WHERE 1 IN vault.kept',
      'CREATE VIEW shop.function_leak AS SELECT 1 AS id, hostName() AS word',
      "CREATE VIEW shop.table_function_leak AS SELECT * FROM merge('vault', '^secrets')",
      'CREATE TABLE shop.alias (id UInt64, word String ALIAS hostName(), twice UInt64 ALIAS id * 2) ENGINE = MergeTree ORDER BY id',
      'CREATE TABLE shop.alias_deep (id UInt64, far String ALIAS hostName(), near String ALIAS far, word String ALIAS near) ENGINE = MergeTree ORDER BY id',
      'CREATE TABLE shop.alias_dotted (id UInt64, `w.word` String ALIAS hostName()) ENGINE = MergeTree ORDER BY id',
      'CREATE TABLE shop.alias_buffer AS shop.alias ENGINE = Buffer(shop, alias, 16, 10, 100, 10000, 1000000, 10000000, 100000000)',
      'INSERT INTO shop.alias (id) VALUES (1)',
    ])
      await lab.server.run(statement);
    olap = lab.open({ shop: {} });
  });
  beforeEach(() => lab.tap.forget());
  afterAll(() => lab.close());

  const refused = async (table: string, lab_ = olap) => {
    for (const sql of [
      `select id, word from ${table}`,
      `select 1 in (select id from ${table} where word != '')`,
    ]) {
      await expect(lab_.read(query, 'shop', { sql }), sql).rejects.toMatchObject({ code: 'query_refused' });
      // The server was asked what the table is, and never for its rows.
      expect(lab.sent()).not.toMatch(/FROM `shop`/);
    }
  };

  test.each([
    'leak',
    'leak_deep',
    'merged',
    'far_leak',
    'joined',
    'mv_leak',
    'buffer_leak',
    'buffer_twin',
    'far_twin',
    'mysql',
    'url',
    'file',
    'in_leak',
    'set_leak',
    'function_leak',
    'table_function_leak',
    'alias',
    'alias_buffer',
    'alias_deep',
  ])('%s is refused', (table) => refused(table));

  test.each(['leak_hidden', 'buffer', 'views', 'far'])(
    '%s is refused where the link does not reach what is behind it',
    (table) => refused(table, lab.open({ shop: { tables: [table, 'totals'] } })),
  );

  test.each(['w.word', 'alias_dotted.w.word', 'shop.alias_dotted.w.word', '`w.word`'])(
    'an ALIAS column is known by the name %s, too',
    async (name) => {
      const sql = `select ${name} from alias_dotted`;
      await expect(olap.read(query, 'shop', { sql })).rejects.toMatchObject({ code: 'query_refused' });
      expect(lab.sent()).not.toMatch(/FROM `shop`/);
    },
  );

  test('what leads to tables of the link is read', async () => {
    const read = (sql: string) => olap.read(query, 'shop', { sql });
    expect((await read('select word from leak_hidden')).rows).toEqual([['vault-hidden']]);
    expect((await read('select word from buffer')).rows).toEqual([['vault-hidden']]);
    expect((await read('select *, twice from alias')).rows).toEqual([['1', '2']]);
  });
});
