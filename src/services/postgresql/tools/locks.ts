import { z } from 'zod';
import { tool } from '../types.ts';
import { shownQuery } from './shown-query.ts';

// Sessions that wait for a lock, and those that they wait for. A lock on a table outside of the schemas is shown
// without the table's name.
const SQL = `
WITH waiting AS (
  SELECT pid, pg_blocking_pids(pid) AS blocked_by FROM pg_stat_activity
   WHERE datname = current_database() AND wait_event_type = 'Lock')
SELECT a.pid, a.usename AS "user", a.application_name AS application, a.state,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS transaction_seconds,
       to_json(coalesce(w.blocked_by, '{}')) AS blocked_by,
       l.locktype AS lock_type, l.mode AS lock_mode, l.relation,
       left(a.query, 500) AS query
  FROM pg_stat_activity a LEFT JOIN waiting w ON w.pid = a.pid
  LEFT JOIN LATERAL (
    SELECT k.locktype, k.mode, (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                                 WHERE c.oid = k.relation AND n.nspname = ANY ($1::text[])) AS relation
      FROM pg_locks k WHERE k.pid = a.pid AND NOT k.granted LIMIT 1) AS l ON true
 WHERE a.datname = current_database()
   AND (w.pid IS NOT NULL OR a.pid IN (SELECT unnest(blocked_by) FROM waiting))
 ORDER BY a.xact_start NULLS LAST, a.pid`;

const Session = z.strictObject({
  pid: z.number().describe('Process of the session'),
  user: z.string().nullable().describe('Role that is logged in'),
  application: z.string().nullable().describe('Name that the client gave itself'),
  state: z
    .string()
    .nullable()
    .describe('active, idle in transaction ...; null where the role may not see it'),
  transaction_seconds: z.number().nullable().describe('Seconds since its transaction began'),
  blocked_by: z.array(z.number()).describe('Processes that it waits for; empty for the root of a tree'),
  lock_type: z
    .string()
    .nullable()
    .describe('Kind of lock that it waits for: relation, transactionid, tuple ...'),
  lock_mode: z.string().nullable().describe('Mode in which it wants the lock'),
  relation: z.string().nullable().describe('Table that the lock is on, where the link reaches it'),
  query: z.string().nullable().describe('The query that waits, or that ran last; its first 500 characters'),
});
type Session = z.infer<typeof Session>;

const Placed = Session.extend({
  depth: z.number().describe('0 for a session that waits for none here; else its distance from such a one'),
  blocks: z.number().describe('How many sessions wait for it, directly or through others'),
});

export const locks = tool({
  name: 'pg_locks',
  access: 'read',
  title: 'Show who blocks whom',
  description:
    'Show the sessions of this database that wait for a lock and the sessions that they wait for, as trees.',
  reach: 'sub',
  params: z.strictObject({}),
  output: z.strictObject({
    sessions: z
      .array(Placed)
      .describe('Roots first, those with most waiting sessions leading; empty when none waits'),
    truncated: z.boolean().optional().describe('Whether there are more'),
    hint: z.string().optional().describe('How to see the rest'),
  }),
  list: 'sessions',
  async run({ client, target, limits, signal }) {
    const { rows, truncated } = await client.catalog(SQL, [[...target.scope.schemas]], { limits, signal });
    const sessions = placeInTrees(z.array(Session).parse(rows)).map((session) => ({
      ...session,
      query: shownQuery(session.query),
    }));
    return truncated
      ? { sessions, truncated, hint: 'the oldest sessions are shown; end them first' }
      : { sessions };
  },
});

function placeInTrees(sessions: readonly Session[]): z.infer<typeof Placed>[] {
  const waiters = new Map(
    sessions.map(({ pid }) => [pid, sessions.filter((one) => one.blocked_by.includes(pid))]),
  );
  const depths = new Map<number, number>();
  const known = new Set(sessions.map(({ pid }) => pid));
  let level = sessions.filter(({ blocked_by }) => !blocked_by.some((pid) => known.has(pid)));
  for (let depth = 0; level.length > 0; depth += 1) {
    for (const { pid } of level) depths.set(pid, depth);
    level = level.flatMap(({ pid }) => waiters.get(pid) ?? []).filter(({ pid }) => !depths.has(pid));
  }
  return sessions
    .map((session) => ({
      ...session,
      // A circle has no root; the server is about to break it.
      depth: depths.get(session.pid) ?? 0,
      blocks: waitingFor(session.pid, waiters).size,
    }))
    .sort((a, b) => a.depth - b.depth || b.blocks - a.blocks);
}

function waitingFor(root: number, waiters: ReadonlyMap<number, readonly Session[]>): ReadonlySet<number> {
  const found = new Set<number>();
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop())
    for (const waiter of waiters.get(pid) ?? [])
      if (!found.has(waiter.pid) && waiter.pid !== root) {
        found.add(waiter.pid);
        open.push(waiter.pid);
      }
  return found;
}
