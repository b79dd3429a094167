import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  `COPY (select 1) TO PROGRAM 'touch /tmp/owned'`,
  `copy orders to '/tmp/orders'`,
  `copy orders from stdin`,
  `copy (select 1) to stdout`,
  `explain copy orders to stdout`,
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['PROGRAM', '/tmp/'] })).toMatch(/COPY|does not parse/);
});
