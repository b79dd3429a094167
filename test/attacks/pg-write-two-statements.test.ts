import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWriteLab, type WriteLab } from './fixtures/pg-write-lab.ts';

let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab();
});
afterAll(() => lab.close());

test.each([
  'delete from customers where id = 1; drop schema public cascade',
  'update customers set name = $$x$$ where id = 1; commit',
  'commit; drop schema public cascade',
  'delete from customers where id = 1;;delete from orders where id = 1',
])('a second statement does not ride along: %s', async (sql) => {
  expect(await lab.refused(sql)).toContain('statements');
});

test('a comment or string that looks like a second statement is none', async () => {
  const { output } = await lab.write({
    sql: "update customers set name = 'a; drop table orders' where id = 1 -- ; drop table orders",
  });
  expect(output.rows_affected).toBe(1);
  expect(await lab.rowsOf('customers')).toContain('a; drop table orders');
});

test('a NUL does not hide what follows from the parser', async () => {
  expect(await lab.refused('delete from customers where id = 1\0; drop table orders')).toContain('NUL');
});
