import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWriteLab, type WriteLab } from './fixtures/pg-write-lab.ts';

let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab(`create table private.heirs () inherits (customers);`);
});
afterAll(() => lab.close());

test.each([
  'delete from private.salaries where id = 1',
  'update private.salaries set amount = 0 where id = 1',
  'insert into private.salaries values (2, $$x$$, 1)',
  'update pg_catalog.pg_database set datallowconn = false where datname = $$postgres$$',
  'delete from pg_authid where rolname = $$x$$',
  'insert into information_schema.sql_features (feature_id) values ($$x$$)',
  'delete from nowhere where id = 1',
])('a table that the link does not reach is not there: %s', async (sql) => {
  expect(await lab.refused(sql, { code: 'not_found' })).toContain('reaches no table');
});

test('the answer for a table outside is that for one that does not exist', async () => {
  const outside = await lab.refused('delete from private.salaries where id = 1', { code: 'not_found' });
  const nowhere = await lab.refused('delete from private.nothing where id = 1', { code: 'not_found' });
  expect(outside.replaceAll('salaries', 'nothing')).toBe(nowhere);
});

test('rows of a table that inherits from outside are not reached through their parent', async () => {
  await lab.admin.query("insert into private.heirs values (1000, 'heir', null)");
  await lab.refused('delete from customers where id = 1000');
  await lab.refused('update customers set name = null where id = 1000');
  await lab.admin.query('drop table private.heirs');
});

test('another database is not named', async () => {
  await lab.refused('delete from postgres.public.customers where id = 1');
});
