import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  `select * from ts_stat('select to_tsvector(name) from private.salaries')`,
  `select ts_stat('select 1')`,
  `select ts_rewrite('a'::tsquery, 'select target, sub from private.aliases')`,
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['ts_stat', 'ts_rewrite', 'private'] })).toMatch(
    /is not accepted/,
  );
});
