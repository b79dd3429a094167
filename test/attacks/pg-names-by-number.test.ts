import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

// A value of a type such as regtype or regclass is written as the name of the object whose number it is: a way to
// list what lies outside of the link's schemas.
let lab: PgLab;
let salaries: string;
beforeAll(async () => {
  lab = await openPgLab('create collation private.inner (provider = libc, locale = $$C$$)');
  const { rows } = await lab.admin.query("select 'private.salaries'::regtype::oid::text as oid");
  salaries = rows[0].oid;
});
afterAll(() => lab.close());

test.each([
  `select case when false then pg_typeof(1) else 'OID' end`,
  `select array[pg_typeof(1), 'OID']`,
  `select pg_typeof(1) union all select 'OID'`,
  `select coalesce(t, 'OID') from (select case when false then pg_typeof(1) end as t) s`,
  `select pg_typeof(1), (select array[pg_typeof(2), 'OID'])`,
  `with t as (select pg_typeof(1) as a) select case when a is null then a else 'OID' end from t`,
  `select oidvectortypes('OID'::oidvector)`,
  `select array[get_current_ts_config(), '3764']`,
  `select '{OID}'::_regtype`,
  `select '{private.salaries}'::_regclass`,
  `select '{private.salaries}'::regclass[]`,
  `select 'private.salaries'::regclass`,
  `select cast($1 as _regclass)`,
  `select json_array('OID' returning _regtype)`,
  `select * from json_to_record('{"a":["OID"]}') as x(a _regtype)`,
  `select aclexplode('{postgres=r/postgres}')`,
  `select ts_lexize('private.dictionary', 'boss')`,
  `select name collate private.inner from customers`,
])('%s', async (template) => {
  const sql = template.replaceAll('OID', salaries);
  await lab.refused(sql);
});

test.each([
  'select pg_typeof(total), pg_typeof(id) as t from orders limit 1',
  'select pg_typeof(total)::text || status from orders limit 1',
  `select name collate "C" from customers order by name collate pg_catalog."C" limit 1`,
])('still accepted: %s', async (sql) => {
  expect((await lab.call('pg_query', { sql })).row_count).toBe(1);
});
