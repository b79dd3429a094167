import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

/** Functions of users that would show by a row in `public.owned` that they ran, were the transaction not read only. */
const TRAPS = `
create function public.trap() returns int language plpgsql immutable as $$
  begin perform pg_advisory_lock(4711); return 1; end $$;
create function public.lower(int) returns text language sql immutable as 'select trap()::text';
create function public.length(jsonb) returns int language sql immutable as 'select trap()';
create function public.total_of(customers) returns int language sql immutable as 'select trap()';
create function public.steal(anyelement) returns int language sql immutable as 'select trap()';
create function public.plus(customers, int) returns int language sql immutable as 'select trap()';
create operator public.+ (leftarg = customers, rightarg = int, procedure = public.plus);
create operator public.=== (leftarg = int, rightarg = int, procedure = int4eq);
create table public.pg_class (id int);
create table public.pg_authid (id int);
create table public.pg_stat_activity (id int);
create aggregate public.sum_all(int) (sfunc = int4pl, stype = int);
create function pg_catalog.looks_built_in() returns int language sql immutable as 'select public.trap()';`;

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab(`set allow_system_table_mods = on; ${TRAPS}`);
});
afterAll(() => lab.close());

test.each([
  ['a function of the schema', 'select trap()'],
  ['the same, qualified', 'select public.trap()'],
  ['an overload of a built-in', 'select lower(id) from customers'],
  ['an overload, whatever the argument', "select lower('A')"],
  ['an overload with jsonb', 'select length(profile) from customers'],
  ['a function called as a column', 'select c.total_of from customers c'],
  ['a function called as a field', 'select (c).total_of from customers c'],
  ['a function called through schema.table.column', 'select public.customers.total_of from public.customers'],
  ['a polymorphic function called as a column', 'select c.steal from customers c'],
  ['a polymorphic function called on a subselect', 'select (x).steal from (select 1) x'],
  ['an overload of an operator', 'select c + 1 from customers c'],
  ['an operator with an overload, on integers', 'select 1 + 1'],
  ['an operator by its schema', 'select 1 operator(public.+) 1'],
  ['an operator of the schema alone', 'select 1 === 1'],
  ['ORDER BY USING', 'select id from customers order by id using operator(public.===)'],
  ['ANY with an operator', 'select 1 operator(public.===) any (select 1)'],
  ['an aggregate of the schema', 'select sum_all(id) from customers'],
  ['a function that was put into pg_catalog', 'select looks_built_in()'],
  ['a function of a window', 'select sum_all(id) over () from customers'],
  ['a set in FROM', 'select * from trap()'],
  ['a named argument', 'select steal(anyelement => 1)'],
])('%s is refused', async (_, sql) => {
  expect(await lab.refused(sql)).toMatch(/user|could call|outside/);
});

test.each([
  ['a catalog by its bare name', 'select * from pg_authid'],
  ['a table that has a catalog’s name', 'select * from pg_class'],
  ['a WITH query that has a catalog’s name', 'with pg_authid as (select 1) select * from pg_authid'],
  [
    'a WITH query of that name elsewhere in the statement',
    'select * from pg_shadow, (with pg_shadow as (select 1) select 1) x',
  ],
])('%s is refused', async (_, sql) => {
  expect(await lab.refused(sql)).toMatch(/system catalog/);
});

test('built-ins stay reachable by their full name', async () => {
  expect((await lab.call('pg_query', { sql: "select pg_catalog.lower('A')" })).rows).toEqual([['a']]);
});

test('a table of a catalog’s name is reachable by its full name', async () => {
  expect((await lab.call('pg_query', { sql: 'select count(*) from public.pg_class' })).rows).toEqual([['0']]);
});
