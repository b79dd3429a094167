import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  `select pg_terminate_backend(1)`,
  `select pg_cancel_backend(1)`,
  `select pg_terminate_backend(pid) from pg_stat_activity`,
  `select pg_promote()`,
  `select pg_switch_wal()`,
  `select pg_export_snapshot()`,
  `select pg_create_restore_point('x')`,
  `select * from pg_logical_slot_get_changes('s', null, null)`,
  `select pg_stat_reset()`,
  `select txid_current()`,
  `select pg_current_xact_id()`,
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['pg_', 'txid_current'] })).toMatch(/accepted|outside|catalog/);
});
