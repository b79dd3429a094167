import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

/** The most memory that this process had, in bytes, while some work ran. */
async function peakDuring(work: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 5);
  await work().finally(() => clearInterval(timer));
  return Math.max(peak, process.memoryUsage().rss);
}

async function backendsAtWork(): Promise<number> {
  const { rows } = await lab.admin.query(
    "select count(*)::int as n from pg_stat_activity where application_name = 'stackward' and datname = current_database() and state = 'active'",
  );
  return rows[0].n;
}

test('one value of a gigabyte is an error and never in memory', async () => {
  const before = process.memoryUsage().rss;
  const peak = await peakDuring(() =>
    expect(
      lab.call('pg_query', {
        // The longest text that the server can make, without its planner making it first.
        sql: "select repeat(repeat('x', 1000), 1000 * n) from generate_series(1000, 1000) n",
      }),
    ).rejects.toMatchObject({ code: 'result_too_large' }),
  );
  expect(peak - before).toBeLessThan(100 * 1024 * 1024);
  await expect.poll(backendsAtWork, { timeout: 20_000 }).toBe(0);
});

test('ten million rows give what fits, and the server stops', async () => {
  const before = process.memoryUsage().rss;
  const peak = await peakDuring(async () => {
    const answer = await lab.call('pg_query', {
      sql: "select n, repeat('x', 5000) from generate_series(1, 10000000) n",
    });
    expect(answer.truncated).toBe(true);
    expect(answer.row_count).toBeGreaterThan(0);
    expect(answer.row_count).toBeLessThan(500);
  });
  expect(peak - before).toBeLessThan(100 * 1024 * 1024);
  await expect.poll(backendsAtWork, { timeout: 20_000 }).toBe(0);
});

test('more rows than the limit are cut, and it is said', async () => {
  const many = await lab.call('pg_query', { sql: 'select generate_series(1, 1000)' });
  expect([many.row_count, many.truncated]).toEqual([500, true]);
  const few = await lab.call('pg_query', { sql: 'select generate_series(1, 1000)', max_rows: 3 });
  expect([few.rows, few.truncated]).toEqual([[[1], [2], [3]], true]);
  const exact = await lab.call('pg_query', { sql: 'select generate_series(1, 3)', max_rows: 3 });
  expect([exact.row_count, exact.truncated]).toEqual([3, false]);
});
