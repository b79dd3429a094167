import { afterAll, beforeAll, test } from 'vitest';
import { openWriteLab, type WriteLab } from './fixtures/pg-write-lab.ts';

let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab();
});
afterAll(() => lab.close());

test.each([
  'with gone as (delete from customers returning *) select * from gone',
  'with gone as (delete from orders returning *) update customers set name = null where id in (select id from gone)',
  'with gone as (delete from orders returning *) insert into customers select id, note from gone',
  'insert into customers (id, name) with gone as (delete from orders returning *) select 99, $$x$$ from gone',
  'update customers set name = (with gone as (delete from orders returning id) select max(id)::text from gone) where id = 1',
  'delete from customers where id in (with gone as (delete from orders returning id) select id from gone)',
])('no second write hides in WITH: %s', async (sql) => {
  await lab.refused(sql);
});
