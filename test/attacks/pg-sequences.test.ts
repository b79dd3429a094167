import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  `select nextval('tickets')`,
  `select setval('tickets', 100)`,
  `select currval('tickets')`,
  `select lastval()`,
  `select pg_catalog.nextval('tickets'::text)`,
  `select coalesce(null, nextval('tickets'))`,
  `select * from generate_series(1, nextval('tickets'))`,
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['tickets'] })).toMatch(/is not accepted/);
});
