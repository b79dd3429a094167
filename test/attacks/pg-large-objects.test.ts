import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  `select lo_import('/etc/passwd')`,
  `select lo_export(1, '/tmp/x')`,
  `select lo_create(0)`,
  `select lo_creat(-1)`,
  `select lo_from_bytea(0, 'x')`,
  `select lo_put(1, 0, 'x')`,
  `select lo_get(1)`,
  `select lo_open(1, 131072)`,
  `select loread(0, 10)`,
  `select lowrite(0, 'x')`,
  `select lo_unlink(1)`,
  `select * from pg_catalog.pg_largeobject`,
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['lo_', 'loread', 'lowrite', 'pg_largeobject'] })).toMatch(
    /not accepted|outside/,
  );
});
