import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  `COMMIT; DROP SCHEMA public CASCADE`,
  `select 1; drop schema public cascade`,
  `select 1; select 2`,
  `commit`,
  `rollback`,
  `end; drop table orders`,
  `begin read write`,
  `drop schema public cascade`,
  `select 1 /* ; */; /* */ drop schema public cascade --`,
  `do $$ begin execute 'drop schema public cascade'; end $$`,
  `prepare p as select 1`,
  `execute p`,
  `deallocate all`,
  `declare c cursor for select 1`,
  `vacuum`,
  `call pg_catalog.pg_sleep(1)`,
  `listen x`,
  `notify x`,
  `load 'dblink'`,
  `checkpoint`,
  `discard all`,
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['drop', 'DROP', 'notify'] })).toMatch(/one SELECT|exactly one/);
});
