import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWriteLab, type WriteLab } from './fixtures/pg-write-lab.ts';

let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab(
    `create table many (id int primary key, n int); insert into many select i, 0 from generate_series(1, 2000) i`,
  );
});
afterAll(() => lab.close());

test.each([
  'delete from many where id > 0',
  'update many set n = 1 where id = id',
  'delete from many where id = 1 or 1 = 1',
])('a write of more rows than allowed changes none and says how many: %s', async (sql) => {
  expect(await lab.refused(sql, { code: 'write_refused', sent: true })).toContain('2000 rows');
});

test('an INSERT of more rows than allowed is rolled back', async () => {
  const sql = 'insert into many select i, 0 from generate_series(3001, 4000) i';
  expect(await lab.refused(sql, { code: 'write_refused', sent: true })).toContain('1000 rows');
});

test('a few rows that are huge are refused before they are fetched', async () => {
  const sql = 'insert into customers select 100 + i, repeat($$x$$, 10000000) from generate_series(1, 2) i';
  expect(await lab.refused(sql, { sent: true })).toContain('bytes');
});

test('exactly as many rows as allowed pass', async () => {
  const { output } = await lab.write({ sql: 'update many set n = 1 where id <= 3', max_rows: 3 });
  expect(output.rows_affected).toBe(3);
  await expect(lab.write({ sql: 'update many set n = 2 where id <= 4', max_rows: 3 })).rejects.toMatchObject({
    code: 'write_refused',
  });
});
