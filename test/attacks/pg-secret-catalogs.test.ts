import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

const CATALOGS = [
  'pg_authid',
  'pg_shadow',
  'pg_user_mapping',
  'pg_user_mappings',
  'pg_subscription',
  'pg_statistic',
  'pg_statistic_ext_data',
  'pg_stats',
  'pg_largeobject',
  'pg_settings',
  'pg_file_settings',
  'pg_hba_file_rules',
  'pg_ident_file_mappings',
  'pg_stat_activity',
  'pg_stat_replication',
  'pg_stat_ssl',
  'pg_foreign_server',
  'pg_proc',
  'pg_roles',
  'pg_db_role_setting',
  'pg_backend_memory_contexts',
  'pg_config',
  'pg_views',
  'pg_class',
];

test.each(CATALOGS)('%s, bare and by its schema', async (catalog) => {
  expect(await lab.refused(`select * from ${catalog}`)).toMatch(/system catalog/);
  expect(
    await lab.refused(`select * from pg_catalog.${catalog}`, { neverSent: [`pg_catalog.${catalog}`] }),
  ).toMatch(/outside/);
});

test.each([
  'select * from information_schema.tables',
  'select * from information_schema.user_mapping_options',
  'select * from pg_toast.pg_toast_1255',
  'select * from pg_temp.anything',
  'select * from pg_show_all_settings()',
  'select * from pg_get_keywords()',
  'select pg_get_functiondef(1)',
  "select pg_get_viewdef('private.anything'::text)",
  "select current_setting('data_directory')",
  'select inet_server_addr()',
  'select current_user',
  'select session_user',
  "select has_table_privilege('private.salaries', 'select')",
  "select to_regclass('private.salaries')",
  "select obj_description(1259, 'pg_class')",
  'select current_query()',
])('%s', async (sql) => {
  expect(await lab.refused(sql)).toMatch(/outside|not accepted|session/);
});
