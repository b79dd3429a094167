import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWriteLab, type WriteLab } from './fixtures/pg-write-lab.ts';

let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab(
    `create view peek as select * from private.salaries; create view fine as select id, name from customers where id < 3;`,
  );
});
afterAll(() => lab.close());

test.each([
  'insert into customers (id, name) select 99, rolpassword from pg_authid limit 1',
  'insert into customers (id, name) select 99, name from private.salaries',
  'insert into customers (id, name) select 99, name from peek',
  'update customers set name = (select name from private.salaries) where id = 1',
  'update customers set (name, email) = (select name, amount::text from private.salaries) where id = 1',
  'delete from customers where id in (select amount from private.salaries)',
  'delete from customers where name = (select setting from pg_settings limit 1)',
  'insert into customers values (99, (select passwd from pg_shadow limit 1))',
  'insert into customers values (99, current_setting($$data_directory$$))',
  'insert into customers values (99, pg_read_file($$/etc/passwd$$))',
  'insert into customers values (99, current_user)',
])('nothing is read that the link does not reach: %s', async (sql) => {
  await lab.refused(sql);
});

test.each([
  'update customers set name = name where id = 1 returning (select name from private.salaries)',
  'update customers set name = name where id = 1 returning name || email',
  'delete from customers where id = 1 returning pg_read_file($$/etc/passwd$$)',
  'insert into customers values (99, $$x$$) returning (select count(*) from orders)',
  'insert into customers values (99, $$x$$) returning tableoid',
  'update customers set name = null where id = 1 returning old.name',
  'delete from customers where id = 1 returning with (old as o) o.name',
])('RETURNING gives columns of the written table alone: %s', async (sql) => {
  expect(await lab.refused(sql)).toContain('RETURNING');
});

test('what the link reaches can be read into a write', async () => {
  const { output } = await lab.write({
    sql: 'insert into customers (id, name) select id + 200, name from fine',
  });
  expect(output.rows_affected).toBe(2);
});
