import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  `select set_config('search_path', 'private', false)`,
  `select set_config('role', 'postgres', false)`,
  `select set_config('transaction_read_only', 'off', true)`,
  `set search_path = private`,
  `set local statement_timeout = 0`,
  `set session authorization postgres`,
  `reset all`,
  `select current_setting('hba_file')`,
  `select pg_reload_conf()`,
  `alter system set log_connections = on`,
  `show hba_file`,
  `show all`,
  `show ssl_key_file`,
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['private', 'hba_file', 'ssl_key_file'] })).toMatch(/accepted/);
});
