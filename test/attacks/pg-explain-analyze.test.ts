import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  `explain analyze delete from orders`,
  `explain (analyze) delete from orders`,
  `explain (analyze true, format json) update orders set total = 0`,
  `explain (analyze off) select 1`,
  `explain analyze select 1`,
  `explain delete from orders`,
  `explain insert into orders (total) values (1)`,
  `explain execute p`,
  `explain create table t as select 1`,
  `explain declare c cursor for select 1`,
  `explain (generic_plan) select 1`,
  `explain (serialize) select 1`,
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['analyze', 'delete'] })).toMatch(
    /ANALYZE|writes|understands|EXPLAIN option/,
  );
});

test.each([
  'analyze delete from orders',
  '(analyze) delete from orders',
  'delete from orders',
  'select 1; delete from orders',
  'select 1) delete from orders',
  'explain select 1',
])('pg_explain of %s', async (sql) => {
  await lab.refused(sql, { tool: 'pg_explain', neverSent: ['delete', 'analyze'] });
});
