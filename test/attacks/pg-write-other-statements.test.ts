import { afterAll, beforeAll, test } from 'vitest';
import { openWriteLab, type WriteLab } from './fixtures/pg-write-lab.ts';

let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab();
});
afterAll(() => lab.close());

test.each([
  'truncate customers',
  'copy customers to program $$id$$',
  'copy customers from $$/etc/passwd$$',
  'drop table customers',
  'alter table customers disable row level security',
  'create table x (id int)',
  'create function f() returns int language sql as $$select 1$$',
  'do $$ begin delete from customers; end $$',
  'call pg_catalog.pg_sleep(1)',
  'grant all on customers to public',
  'merge into customers c using orders o on c.id = o.id when matched then delete',
  'select * from customers',
  'select * into x from customers',
  'explain analyze delete from customers where id = 1',
  'prepare p as delete from customers where id = 1',
  'set session authorization postgres',
  'set search_path = private',
  'lock table customers',
  'vacuum customers',
  'notify x',
  'commit',
  'rollback',
  'begin',
  'values (1)',
  ';',
  '-- nothing',
  'update customers set name = o.note from orders o where customers.id = o.id',
  'delete from customers using orders where customers.id = orders.id',
])('only a plain INSERT, UPDATE or DELETE is taken: %s', async (sql) => {
  await lab.refused(sql, { sent: sql === ';' });
});
