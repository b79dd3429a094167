import { z } from 'zod';
import { shownWithin } from '../running.ts';
import { sql } from '../sql/statement.ts';
import { complete, completeness, type Reading, tool } from '../tool.ts';

const MOST_CHARACTERS = 500;

const Process = z.object({
  query_id: z.string(),
  user: z.string(),
  elapsed: z.coerce.number(),
  read_rows: z.coerce.number(),
  memory_usage: z.coerce.number(),
  text: z.string(),
  current_database: z.string().optional(),
});

export const runningQueries = tool({
  name: 'clickhouse_running_queries',
  access: 'read',
  reach: 'sub',
  title: 'Show running queries',
  description:
    'Show the queries that run now on tables of the target, longest first, with ? for every value. Queries that reach further are only counted.',
  params: z.strictObject({
    min_seconds: z.number().min(0).max(1e6).default(0).describe('Only those that run for so long'),
  }),
  output: z.strictObject({
    queries: z.array(
      z.strictObject({
        query_id: z.string(),
        user: z.string(),
        seconds: z.number(),
        rows_read: z.number(),
        memory_bytes: z.number(),
        query: z.string(),
      }),
    ),
    others: z.number().describe('Queries of the server that reach further or cannot be judged'),
    ...completeness,
  }),
  list: 'queries',
  async run(context, { min_seconds }) {
    const { target, limits } = context;
    const all = (await processes(context)).filter(({ elapsed }) => elapsed >= min_seconds);
    const within = all.flatMap((one) => {
      const query = shownWithin(one.text, target, one.current_database);
      return query === undefined ? [] : [view(one, query)];
    });
    return {
      queries: within.slice(0, limits.rows),
      others: all.length - within.length,
      ...complete(within.length > limits.rows, 'raise min_seconds'),
    };
  },
});

/** Servers before 20 do not say which database a query runs in. */
async function processes({ client, signal, limits }: Reading) {
  const options = { signal, limits };
  const known = await client.records(
    sql`SELECT name FROM system.columns WHERE database = 'system' AND table = 'processes' AND name = 'current_database'`,
    z.object({ name: z.string() }),
    options,
  );
  // This very question is among what it asks for, and is nobody's concern.
  if (known.length === 0)
    return client.records(
      sql`SELECT query_id, user, elapsed, read_rows, memory_usage, substring(query, 1, 65537) AS text FROM system.processes WHERE query NOT LIKE 'SELECT query_id, user, elapsed, read_rows, memory_usage, substring(query, 1, 65537) AS text%' ORDER BY elapsed DESC`,
      Process,
      options,
    );
  return client.records(
    sql`SELECT query_id, user, elapsed, read_rows, memory_usage, substring(query, 1, 65537) AS text, current_database FROM system.processes WHERE query NOT LIKE 'SELECT query_id, user, elapsed, read_rows, memory_usage, substring(query, 1, 65537) AS text%' ORDER BY elapsed DESC`,
    Process,
    options,
  );
}

const view = (one: z.output<typeof Process>, query: string) => ({
  query_id: one.query_id,
  user: one.user,
  seconds: one.elapsed,
  rows_read: one.read_rows,
  memory_bytes: one.memory_usage,
  query: query.length > MOST_CHARACTERS ? `${query.slice(0, MOST_CHARACTERS)}…` : query,
});
