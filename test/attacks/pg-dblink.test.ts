import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab('create extension dblink');
});
afterAll(() => lab.close());

test.each([
  `select dblink_exec('dbname=postgres', 'drop table x')`,
  `select * from dblink('dbname=postgres', 'select 1') as t(a int)`,
  `select public.dblink_connect('dbname=postgres')`,
  `select dblink_get_connections()`,
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['dbname=postgres'] })).toMatch(/dblink/);
});
