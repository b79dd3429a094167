import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWriteLab, type WriteLab } from './fixtures/pg-write-lab.ts';

let lab: WriteLab;
beforeAll(async () => {
  lab =
    await openWriteLab(`create view open_orders as select id, note from orders; create materialized view totals as select 1 as id;
  create extension dblink; create extension postgres_fdw; create server s foreign data wrapper postgres_fdw; create foreign table far (id int) server s;
  create rule quiet as on delete to keyless do instead delete from orders; create table ruled (id int primary key);
  create rule loud as on update to ruled do also delete from orders;`);
});
afterAll(() => lab.close());

test.each([
  ['delete from open_orders where id = 1', 'not a table'],
  ['update open_orders set note = $$x$$ where id = 1', 'not a table'],
  ['delete from totals where id = 1', 'not a table'],
  ['delete from far where id = 1', 'not a table'],
  ['delete from tickets where last_value = 1', 'not a table'],
  ['update ruled set id = 2 where id = 1', 'primary key'],
  ['insert into ruled values (7)', 'rule loud'],
  ['delete from keyless where word = $$a$$', 'no primary key'],
  ['update customers set id = 99 where id = 1', 'primary key'],
])('%s is refused: %s', async (sql, reason) => {
  expect(await lab.refused(sql)).toContain(reason);
});
