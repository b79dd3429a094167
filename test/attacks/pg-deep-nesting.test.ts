import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

const nest = (open: string, inner: string, close: string, times: number) =>
  `select ${open.repeat(times)}${inner}${close.repeat(times)}`;

test.each([
  ['parentheses', nest('(', '1', ')', 30_000)],
  ['function calls', nest('abs(', '1', ')', 10_000)],
  ['subselects', nest('(select ', '1', ')', 6_000)],
  ['not', nest('not ', 'true', '', 15_000)],
  ['additions', nest('', '1', '+1', 30_000)],
  ['additions below the limit on words', nest('', '1', '+1', 1_900)],
  ['casts', nest('', '1', '::int', 12_000)],
  ['unions', `select 1${' union select 1'.repeat(4_000)}`],
  ['case', nest('case when ', 'true', ' then 1 end', 2_000)],
  ['arrays', nest('array[', '1', ']', 5_000)],
  ['joins', `select 1 from orders${' join orders on true'.repeat(3_000)}`],
])('%s', async (_, sql) => {
  expect(await lab.refused(sql)).toMatch(/parse|deep|words/);
});

test('the parser still works afterwards', async () => {
  expect((await lab.call('pg_query', { sql: 'select 1 + 1' })).rows).toEqual([[2]]);
});

test('comments within comments are refused before the parser is held up by them', async () => {
  const sql = `select ${'/*'.repeat(16_000)}${'*/'.repeat(16_000)}1`;
  expect(await lab.refused(sql)).toMatch(/remove its comments/);
  const few = `select ${'/*'.repeat(50)}${'*/'.repeat(50)}1`;
  expect((await lab.call('pg_query', { sql: few })).rows).toEqual([[1]]);
});
