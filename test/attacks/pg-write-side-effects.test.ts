import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWriteLab, type WriteLab } from './fixtures/pg-write-lab.ts';

let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab(`create extension dblink;
  create function wipe() returns text language sql volatile as 'delete from orders returning note';
  create function sneaky() returns text language plpgsql stable as $f$ begin perform nextval('tickets'); return 'x'; end $f$;
  create function shout(a int, b int) returns boolean language sql as 'select true'; create operator === (leftarg = int, rightarg = int, function = shout);
  create function truncating() returns text language plpgsql as 'begin truncate keyless; return null; end';
  create function building() returns text language plpgsql as 'begin create table public.built (x int); return null; end';
  create function locking() returns text language sql volatile as 'select pg_advisory_lock(7)::text';
  create table traps2 (id int primary key, note text default truncating());
  create table traps3 (id int primary key, note text default building());
  create table traps4 (id int primary key, note text default locking());
  create table traps (id int primary key, note text default wipe());`);
});
afterAll(() => lab.close());

test.each([
  'update customers set name = nextval($$tickets$$)::text where id = 1',
  'update customers set name = setval($$tickets$$, 99)::text where id = 1',
  'update customers set name = dblink_exec($$dbname=postgres$$, $$drop table x$$) where id = 1',
  'update customers set name = pg_read_file($$/etc/passwd$$) where id = 1',
  'update customers set name = pg_terminate_backend(1)::text where id = 1',
  'update customers set name = set_config($$role$$, $$postgres$$, false) where id = 1',
  'update customers set name = query_to_xml($$delete from orders$$, true, true, $$$$)::text where id = 1',
  'update customers set name = lo_create(7)::text where id = 1',
  'update customers set name = pg_advisory_lock(1)::text where id = 1',
  'update customers set name = wipe() where id = 1',
  'update customers set name = sneaky() where id = 1',
  'delete from customers where id === 1',
  'delete from customers where id = 1 and wipe() is null',
  'insert into customers values (99, wipe())',
  'insert into customers values (99, $$x$$) on conflict ((wipe())) do nothing',
  'update orders set note[nextval($$tickets$$)::int] = $$x$$ where id = 1',
])('an expression does no more than compute a value: %s', async (sql) => {
  await lab.refused(sql);
});

test('a default that changes rows elsewhere is found out and rolled back', async () => {
  expect(
    await lab.refused('insert into traps (id) values (1)', { code: 'write_refused', sent: true }),
  ).toContain('public.orders');
});

// What the server counts no rows of.
test.each([
  ['traps2', 'keyless'],
  ['traps3', 'built'],
  ['traps4', 'advisory'],
])('a default that truncates, builds or locks is found out: %s', async (table, words) => {
  const sql = `insert into ${table} (id) values (1)`;
  expect(await lab.refused(sql, { code: 'write_refused', sent: true })).toContain(words);
});
