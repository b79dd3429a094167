import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  `with x as (delete from orders returning *) select * from x`,
  `with x as (insert into orders (total) values (1) returning id) select * from x`,
  `with x as (update orders set total = 0 returning id) select 1`,
  `with x as (merge into orders o using customers c on o.id = c.id when matched then delete returning 1) select * from x`,
  `select * from (with x as (delete from orders returning 1) select * from x) y`,
  `select (with x as (delete from orders returning 1) select count(*) from x)`,
  `insert into orders (total) values (1)`,
  `update orders set total = 0`,
  `delete from orders`,
  `merge into orders o using customers c on o.id = c.id when matched then delete`,
  `truncate orders`,
  `create table t (a int)`,
  `refresh materialized view x`,
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['delete', 'insert', 'update', 'merge', 'truncate'] })).toMatch(
    /writes|understands|parse/,
  );
});
