import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  `select pg_advisory_lock(1)`,
  `select pg_try_advisory_lock(1)`,
  `select pg_advisory_xact_lock_shared(1, 2)`,
  `select pg_advisory_unlock_all()`,
  `lock table orders`,
  `select pg_sleep(60)`,
  `select pg_sleep_for('1 minute')`,
  `select pg_notify('c', 'x')`,
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['pg_', 'lock table'] })).toMatch(/accepted/);
});
