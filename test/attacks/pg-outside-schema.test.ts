import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

const WAYS_OUT = `
create view public.leak as select * from private.salaries;
create view public.leak_of_leak as select name from public.leak;
create view public.leak_in_cte as with s as (select * from private.salaries) select * from s;
create view public.leak_in_subselect as select (select max(amount) from private.salaries) as top;
create view public.sessions as select query from pg_stat_activity;
create view public.passwords as select * from pg_shadow;
create materialized view public.stored as select * from private.salaries;
create function private.peek() returns setof private.salaries language sql stable as 'select * from private.salaries';
create function public.peek() returns setof private.salaries language sql stable security definer
  as 'select * from private.salaries';
create view public.leak_by_function as select * from private.peek();
create table public.parent (name text, amount int);
create table private.heir () inherits (public.parent);
insert into private.heir values ('heir', 424242);
create extension postgres_fdw;
create server other foreign data wrapper postgres_fdw;
create foreign table public.far (name text) server other;
create table public.split (id int) partition by range (id);
create foreign table public.split_far partition of public.split for values from (0) to (10) server other;
create table "odd""name" (id int);
create view private.hidden as select * from customers;`;

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab(WAYS_OUT);
});
afterAll(() => lab.close());

test.each([
  'select * from private.salaries',
  'select * from "private"."salaries"',
  'select * from U&"priv\\0061te".salaries',
  'select * from salaries',
  'select private.salaries.name from private.salaries',
  'select * from private.hidden',
  'select * from private.peek()',
  'select * from peek()',
  'select * from leak',
  'select * from leak_of_leak',
  'select * from leak_in_cte',
  'select * from leak_in_subselect',
  'select * from leak_by_function',
  'select * from sessions',
  'select * from passwords',
  'select * from stored',
  'select * from parent',
  'select * from far',
  'select * from split',
  'select * from split_far',
  'select * from customers where exists (select from private.salaries)',
  'select (select max(amount) from private.salaries)',
  'with s as (select * from private.salaries) select * from s',
  'select * from customers union select 1, name, null, null, null, null from private.salaries',
  'select 1 from customers order by (select count(*) from private.salaries)',
  'table private.salaries',
  'explain select * from private.salaries',
  'select * from other_database.public.customers',
  'select * from "odd""name", private.salaries',
  'select * from tickets_of_nobody',
])('%s', async (sql) => {
  expect(await lab.refused(sql)).toMatch(
    /outside|There is no|cannot be read|foreign|inherit|user’s|a database/,
  );
});

test('the words of a hidden row never come over the wire', async () => {
  lab.wire.forget();
  await lab.call('pg_query', { sql: 'select * from only parent' }).catch(() => {});
  expect(lab.wire.sent().includes('private')).toBe(false);
});

test('what the link reaches can be read, and a wider link reaches more', async () => {
  expect((await lab.call('pg_query', { sql: 'select count(*) from "odd""name"' })).rows).toEqual([['0']]);
  const wider = await lab.call(
    'pg_query',
    { sql: 'select amount from leak_of_leak join salaries using (name)' },
    { schemas: ['public', 'private'] },
  );
  expect(wider.rows).toEqual([[424242]]);
});

test('a verdict for a wide link is not taken for a narrow one', async () => {
  const sql = 'select amount from salaries';
  expect((await lab.call('pg_query', { sql }, { schemas: ['private'] })).rows).toEqual([[424242]]);
  await lab.refused(sql);
});
