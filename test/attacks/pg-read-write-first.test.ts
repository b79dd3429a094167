import { afterAll, beforeAll, expect, test } from 'vitest';
import { allow } from '../../src/services/postgresql/guard/guarded.ts';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  'set transaction read write',
  'set transaction isolation level read committed',
  'set session characteristics as transaction read write',
  'set default_transaction_read_only = off',
  'begin transaction read write',
  'start transaction read write',
  'set local transaction_read_only = off',
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['read write'] })).toMatch(/Stackward/);
});

const LIMITS = { rows: 10, bytes: 10_000, deadlineMs: 5_000 };
/** As if the guard had a hole: what the engine alone makes of the statement. */
const unguarded = (sql: string) =>
  lab.reader.query(allow(sql, ['public']), [], { limits: LIMITS, signal: AbortSignal.timeout(5_000) });

// The same statements, past the guard: the second one has to hold by itself.
test.each([
  'set transaction read write',
  `select set_config('transaction_read_only', 'off', true)`,
  'delete from orders',
  'insert into orders (total) values (1)',
  'with x as (delete from orders returning 1) select * from x',
  `select nextval('tickets')`,
  'create table stolen (a int)',
  'select * into stolen from orders',
  'select * from orders for update',
  'select lo_create(0)',
  'explain analyze delete from orders',
  'select 1; delete from orders',
  'commit; drop schema public cascade',
  'vacuum',
])('the engine refuses: %s', async (sql) => {
  const counts = `select (select count(*) from orders) as orders, (select last_value from tickets) as tickets,
    (select count(*) from pg_class where relname = 'stolen') as stolen,
    (select count(*) from pg_largeobject_metadata) as large_objects`;
  const before = (await lab.admin.query(counts)).rows;
  await expect(unguarded(sql)).rejects.toThrow(/query_refused|query_failed|backend_failed/);
  expect((await lab.admin.query(counts)).rows).toEqual(before);
});

test('nothing that one statement set is seen by the next', async () => {
  await unguarded(
    `select set_config('work_mem', '77MB', false), set_config('search_path', 'private', false)`,
  );
  for (let round = 0; round < 20; round += 1) {
    const { rows } = await lab.call('pg_query', { sql: 'show work_mem' });
    expect(rows).not.toEqual([['77MB']]);
    expect((await lab.call('pg_query', { sql: 'show search_path' })).rows).toEqual([
      ['"pg_catalog", "public", "pg_temp"'],
    ]);
  }
});

test('a statement that ends the transaction leaves nothing behind', async () => {
  await unguarded('commit').catch(() => {});
  await unguarded('create temp table leftover (a int)').catch(() => {});
  await lab.refused('select * from leftover');
});
