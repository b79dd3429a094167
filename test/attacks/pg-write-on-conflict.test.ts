import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWriteLab, type WriteLab } from './fixtures/pg-write-lab.ts';

let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab();
});
afterAll(() => lab.close());

test.each([
  'insert into customers values (1, $$x$$) on conflict (id) do update set name = excluded.name',
  'insert into customers values (1, $$x$$) on conflict on constraint customers_pkey do update set name = $$y$$ where customers.id = 1',
  'insert into customers values (1, $$x$$) on conflict (lower(name)) do nothing',
])('an INSERT does not become an UPDATE: %s', async (sql) => {
  expect(await lab.refused(sql)).toContain('ON CONFLICT');
});
