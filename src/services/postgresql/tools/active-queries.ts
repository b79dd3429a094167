import { z } from 'zod';
import { tool } from '../types.ts';
import { shownQuery } from './shown-query.ts';

// pg_blocking_pids stops the lock manager for a moment, so it is asked for the sessions that wait for a lock alone.
const SQL = `
SELECT a.pid, a.usename AS "user", a.application_name AS application, a.state,
       a.wait_event_type, a.wait_event,
       extract(epoch FROM CASE WHEN a.state = 'active' THEN clock_timestamp() ELSE a.state_change END - a.query_start)::float8 AS query_seconds,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS transaction_seconds,
       to_json(CASE WHEN a.wait_event_type = 'Lock' THEN pg_blocking_pids(a.pid) ELSE '{}' END) AS blocked_by,
       left(a.query, $2::int) AS query, length(a.query) > $2::int AS query_cut
  FROM pg_stat_activity a
 WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
   AND ($1::boolean OR a.state IS DISTINCT FROM 'idle')
   AND ($3::float8 = 0 OR extract(epoch FROM clock_timestamp() - a.query_start) >= $3::float8)
 ORDER BY a.xact_start NULLS LAST, a.query_start NULLS LAST, a.pid`;

const QUERY_CHARACTERS = 500;

const Row = z.strictObject({
  pid: z.number().describe('Process of the session'),
  user: z.string().nullable().describe('Role that is logged in'),
  application: z.string().nullable().describe('Name that the client gave itself'),
  state: z
    .string()
    .nullable()
    .describe('active, idle, idle in transaction ...; null where the role may not see it'),
  wait_event_type: z.string().nullable().describe('What kind of thing it waits for: Lock, IO, Client ...'),
  wait_event: z.string().nullable().describe('What it waits for'),
  query_seconds: z.number().nullable().describe('Seconds that the query has run, or ran when it ended'),
  transaction_seconds: z
    .number()
    .nullable()
    .describe('Seconds since its transaction began; null outside of one'),
  blocked_by: z.array(z.number()).describe('Processes that hold the lock it waits for'),
  query: z
    .string()
    .nullable()
    .describe('The query that runs, or ran last; cut where a credential could follow'),
  query_cut: z
    .boolean()
    .nullable()
    .describe(`Whether the query is longer than the ${QUERY_CHARACTERS} characters shown`),
});

export const activeQueries = tool({
  name: 'pg_active_queries',
  access: 'read',
  title: 'Show running queries',
  description:
    'Show the sessions of this database: what they run, for how long, what they wait for and who blocks them.',
  reach: 'sub',
  params: z.strictObject({
    include_idle: z.boolean().default(false).describe('Show sessions that do nothing, too'),
    min_seconds: z
      .number()
      .min(0)
      .max(1e9)
      .default(0)
      .describe('Only queries that began at least this long ago'),
  }),
  output: z.strictObject({
    sessions: z.array(Row).describe('Oldest transaction first; sessions of other databases are not shown'),
    truncated: z.boolean().optional().describe('Whether there are more'),
    hint: z.string().optional().describe('How to see the rest'),
  }),
  list: 'sessions',
  async run({ client, limits, signal }, { include_idle, min_seconds }) {
    const params = [include_idle, QUERY_CHARACTERS, min_seconds];
    const { rows, truncated } = await client.catalog(SQL, params, { limits, signal });
    const sessions = z
      .array(Row)
      .parse(rows)
      .map((row) => ({ ...row, query: shownQuery(row.query) }));
    return truncated ? { sessions, truncated, hint: 'raise min_seconds' } : { sessions };
  },
});
