import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  `select * from pg_read_file('/etc/passwd')`,
  `select pg_read_file('/etc/passwd')`,
  `select * from customers, lateral pg_read_file(name)`,
  `select (pg_catalog.pg_read_file('PG_VERSION'))`,
  `select * from rows from (pg_read_file('/etc/passwd'), generate_series(1, 2)) r`,
  `select case when true then pg_read_binary_file('/etc/passwd') end`,
  `select 1 from orders order by pg_read_file('/etc/passwd')`,
  `select 1 group by pg_read_file('/etc/passwd')`,
  `select 1 limit length(pg_read_file('/etc/passwd'))`,
  `values (pg_read_file('/etc/passwd'))`,
  `select count(*) filter (where pg_read_file('/etc/passwd') is null) from orders`,
  `select sum(1) over (partition by pg_read_file('/etc/passwd')) from orders`,
  `select array[pg_read_file('/etc/passwd')]`,
  `select json_object('k': pg_read_file('/etc/passwd'))`,
  `with x as (select pg_read_file('/etc/passwd')) select * from x`,
  `select * from pg_ls_dir('/')`,
  `select * from pg_ls_logdir()`,
  `select * from pg_stat_file('/etc/passwd')`,
  `select U&"pg\\005fread\\005ffile"('/etc/passwd')`,
  `select "pg_read_file"('/etc/passwd')`,
  `select * from pg_current_logfile()`,
  `explain select pg_read_file('/etc/passwd')`,
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['pg_read_file', '/etc/passwd'] })).toMatch(/is not accepted/);
});
