import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  `select * into stolen from orders`,
  `select 1 as a into temp stolen`,
  `create table stolen as select 1`,
  `select * from orders for update`,
  `select * from orders for no key update nowait`,
  `select * from orders for share skip locked`,
  `select * from (select * from orders for key share) x`,
  `with x as (select * from orders for update) select * from x`,
  `with x as (select 1 into stolen) select * from x`,
  `select * from orders tablesample system (10)`,
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['stolen', 'for update', 'tablesample'] })).toMatch(
    /SELECT INTO|FOR UPDATE|understands|parse/,
  );
});
