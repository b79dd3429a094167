import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWriteLab, type WriteLab } from './fixtures/pg-write-lab.ts';

let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab();
});
afterAll(() => lab.close());

test.each([
  'delete from customers',
  'update customers set name = null',
  'delete from customers where true',
  'delete from customers where 1 = 1',
  'update customers set email = null where $$a$$ = $$a$$',
  'delete from customers where exists (select 1 from orders where orders.id = 1)',
  'delete from customers where (select count(*) from orders) > 0',
  'delete from customers where not false or null is null',
])('a write that names no rows is refused: %s', async (sql) => {
  expect(await lab.refused(sql)).toContain('WHERE');
});

test('parameters that are always true name no rows either', async () => {
  await lab.refused('delete from customers where $1::int = $2::int', { params: [1, 1] });
});

test('WHERE CURRENT OF is refused', async () => {
  await lab.refused('delete from customers where current of c');
});
