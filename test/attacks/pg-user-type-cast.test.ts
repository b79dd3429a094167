import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

const EVIL_TYPES = `
create function public.trap(text) returns boolean language plpgsql immutable as $$
  begin perform pg_advisory_lock(4712); return true; end $$;
create domain public.checked as text check (trap(value));
create domain public.upper as text check (trap(value));
create domain private.hidden as text check (public.trap(value));
create type public.pair as (a text, b public.checked);
create type public.wrapped as (t text);
create function public.unwrap(public.wrapped) returns json language plpgsql immutable as $$
  begin perform pg_advisory_lock(4712); return '1'; end $$;
create cast (public.wrapped as json) with function public.unwrap(public.wrapped) as implicit;
create table public.boxes (id int, content public.wrapped);
insert into public.boxes values (1, row('x'));`;

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab(EVIL_TYPES);
});
afterAll(() => lab.close());

test.each([
  "select 'x'::checked",
  "select cast('x' as public.checked)",
  "select checked 'x'",
  "select '{x}'::checked[]",
  "select 'x'::private.hidden",
  "select '(a,b)'::pair",
  "select row('a', 'b')::pair",
  "select upper('x')",
  "select checked('x')",
  'select * from jsonb_to_recordset(\'[{"a":"x"}]\') as t(a checked)',
  'select * from jsonb_to_record(\'{"a":"x"}\') as t(a public.pair)',
  'select jsonb_populate_record(null::pair, \'{"b":"x"}\')',
  "select json_object('k': 'x' returning checked)",
  "select domain_in('x', 0, -1)",
  "select array_in('{x}', 0, -1)",
  "select record_in('(x)', 0, -1)",
  "select pg_input_is_valid('x', 'checked')",
  'select content::json from boxes',
  'select to_json(content) from boxes',
  'select row_to_json(b) from boxes b',
  "select '1259'::regclass",
  "select 'pg_authid'::regclass::oid",
  "select regclass 'pg_authid'",
  "select regclass('pg_authid')",
  "select 'x'::cstring",
  "select 'postgres'::regrole",
  "select 'x'::customers",
  'select null::customers.name%type',
])('%s', async (sql) => {
  expect(await lab.refused(sql)).toMatch(
    /not accepted|cast of its own|outside|type as well|server’s own|There is no|parse|%TYPE/,
  );
});

test('a database with such types can still be queried', async () => {
  expect(
    (await lab.call('pg_query', { sql: "select 'x'::text, count(*)::int from customers" })).rows,
  ).toEqual([['x', 20]]);
});
