import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { runGoverned } from '../../src/services/postgresql/read/run.ts';

/** What a statement leaves in its session must be gone before the next caller gets the connection. One connection, so it shows. */
let pool: pg.Pool;
beforeAll(() => {
  pool = new pg.Pool({ ...inject('postgres'), host: '127.0.0.1', database: 'postgres', max: 1 });
  pool.on('error', () => {});
});
afterAll(() => pool.end());

/** Below the guard: what it lets through is another test's business. */
async function run(sql: string, rows = 10) {
  const bounds = { params: [], schemas: [], rows, bytes: 1024 * 1024, timeoutMs: 10_000 };
  const answer = await runGoverned(pool, { sql, ...bounds }, AbortSignal.timeout(20_000));
  return answer.rows.map((row) => row[0]);
}
const pid = async () => (await run('select pg_backend_pid()'))[0];

test.each([
  ['a setting', "select set_config('work_mem', '77MB', false)", "select current_setting('work_mem')", '77MB'],
  [
    'an advisory lock',
    'select pg_advisory_lock(4711)',
    "select count(*)::text from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()",
    '1',
  ],
])('%s', async (_, leave, look, left) => {
  const before = await pid();
  await run(leave);
  expect(await run(look)).not.toEqual([left]);
  expect(await pid()).toBe(before);
});

test('a statement that failed leaves nothing, and its connection serves on', async () => {
  const before = await pid();
  await expect(run('select pg_advisory_lock(4712), 1 / (random() * 0)::int')).rejects.toMatchObject({
    code: 'query_failed',
  });
  expect(await run("select count(*) from pg_locks where locktype = 'advisory'")).toEqual(['0']);
  expect(await pid()).toBe(before);
});

test('a statement that was stopped at its limit of rows leaves no transaction', async () => {
  const before = await pid();
  const left = "select count(*) from pg_cursors where statement like '%series(1, 1000)'";
  expect(await run('select generate_series(1, 1000)', 3)).toHaveLength(3);
  expect(await run(left)).toEqual(['0']);
  expect(await pid()).toBe(before);
});

test.each(['commit', 'rollback', "set session work_mem = '78MB'", 'begin', 'prepare p as select 1'])(
  'nobody gets the connection of %s',
  async (sql) => {
    const before = await pid();
    await run(sql).catch(() => {});
    expect(await pid()).not.toBe(before);
  },
);
