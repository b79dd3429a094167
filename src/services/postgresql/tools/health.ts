import { z } from 'zod';
import { warnings } from '../role.ts';
import { tool } from '../types.ts';

const SERVER = `
SELECT current_setting('server_version') AS version,
       extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8 AS uptime_seconds,
       pg_is_in_recovery() AS is_standby,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int4 AS connections_used,
       current_setting('max_connections')::int4 AS connections_max,
       CASE WHEN pg_is_in_recovery()
            THEN extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
            ELSE (SELECT extract(epoch FROM max(replay_lag)) FROM pg_stat_replication) END::float8 AS replication_lag_seconds,
       (SELECT count(*) FROM pg_stat_replication)::int4 AS standbys`;

const DATABASE = `
SELECT pg_database_size(d.oid)::float8 AS size_bytes,
       CASE WHEN s.blks_hit + s.blks_read > 0 THEN s.blks_hit::float8 / (s.blks_hit + s.blks_read) END AS cache_hit_ratio,
       s.xact_commit::float8 AS commits, s.xact_rollback::float8 AS rollbacks,
       s.deadlocks::float8, s.temp_files::float8, s.temp_bytes::float8,
       extract(epoch FROM clock_timestamp() - s.stats_reset)::float8 AS statistics_seconds,
       age(d.datfrozenxid)::float8 AS oldest_xid_age,
       current_setting('autovacuum_freeze_max_age')::float8 AS freeze_max_age
  FROM pg_database d JOIN pg_stat_database s ON s.datid = d.oid WHERE d.datname = current_database()`;

const TRANSACTIONS = `
SELECT pid, usename AS "user", application_name AS application, state,
       extract(epoch FROM clock_timestamp() - xact_start)::float8 AS transaction_seconds,
       extract(epoch FROM clock_timestamp() - state_change)::float8 AS state_seconds
  FROM pg_stat_activity
 WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'
 ORDER BY xact_start LIMIT 5`;

const DEAD_ROWS = `
SELECT format('%I.%I', schemaname, relname) AS "table", n_live_tup::float8 AS live_rows, n_dead_tup::float8 AS dead_rows,
       extract(epoch FROM clock_timestamp() - greatest(last_vacuum, last_autovacuum))::float8 AS vacuumed_seconds_ago
  FROM pg_stat_user_tables
 WHERE schemaname = ANY ($1::text[]) AND n_dead_tup >= 1000 AND n_dead_tup > n_live_tup * 0.1
 ORDER BY n_dead_tup DESC LIMIT 5`;

const Server = z.strictObject({
  version: z.string().describe('Version of the server'),
  uptime_seconds: z.number().describe('Seconds since the server started'),
  is_standby: z.boolean().describe('Whether it replays another server’s changes and takes no writes'),
  connections_used: z.number().describe('Client sessions on the whole server'),
  connections_max: z.number().describe('Sessions that the server takes'),
  replication_lag_seconds: z
    .number()
    .nullable()
    .describe(
      'Of a standby: age of the last replayed transaction; else the slowest standby’s lag; null if unknown',
    ),
  standbys: z.number().describe('Standbys that stream from this server'),
});

const Database = z.strictObject({
  size_bytes: z.number().describe('Bytes on disk'),
  cache_hit_ratio: z.number().nullable().describe('Share of blocks found in shared memory, 0 to 1'),
  commits: z.number().describe('Transactions committed'),
  rollbacks: z.number().describe('Transactions rolled back'),
  deadlocks: z.number().describe('Deadlocks broken'),
  temp_files: z.number().describe('Temporary files written by queries'),
  temp_bytes: z.number().describe('Bytes written to them'),
  statistics_seconds: z
    .number()
    .nullable()
    .describe('Seconds over which these were counted; null if never reset'),
  oldest_xid_age: z
    .number()
    .describe('Transactions since the oldest unfrozen one; the server stops at 2,000 million'),
  freeze_max_age: z.number().describe('The age at which a vacuum against wraparound is forced'),
});

const Transaction = z.strictObject({
  pid: z.number().describe('Process of the session'),
  user: z.string().nullable().describe('Role that is logged in'),
  application: z.string().nullable().describe('Name that the client gave itself'),
  state: z.string().nullable().describe('active, idle in transaction ...'),
  transaction_seconds: z.number().describe('Seconds since the transaction began'),
  state_seconds: z.number().nullable().describe('Seconds since it came into that state'),
});

const DeadRows = z.strictObject({
  table: z.string().describe('The table as schema.table'),
  live_rows: z.number().describe('Estimated rows'),
  dead_rows: z.number().describe('Estimated row versions that a vacuum could remove'),
  vacuumed_seconds_ago: z.number().nullable().describe('Seconds since the last vacuum; null if never'),
});

const LONG_IDLE_SECONDS = 300;

export const health = tool({
  name: 'pg_health',
  access: 'read',
  title: 'Check the database’s health',
  description:
    'Check one database: version, connections, replication lag, cache hits, old transactions, wraparound, deadlocks, temporary files, dead rows; with warnings for what needs care.',
  reach: 'sub',
  params: z.strictObject({}),
  output: z.strictObject({
    server: Server.describe('The server as a whole'),
    database: Database.describe('This database since its statistics were reset'),
    oldest_transactions: z.array(Transaction).describe('The five oldest open transactions of this database'),
    dead_rows: z.array(DeadRows).describe('The five tables with most dead rows among those that have many'),
    warnings: z.array(z.string()).describe('What needs care, in a sentence each; empty when all is well'),
  }),
  async run({ client, target, limits, signal }) {
    const options = { limits, signal };
    // First and alone, so that the questions after it are not among the transactions that it shows.
    const transactions = await client.catalog(TRANSACTIONS, [], options);
    const [server, database, deadRows, role] = await Promise.all([
      client.catalog(SERVER, [], options),
      client.catalog(DATABASE, [], options),
      client.catalog(DEAD_ROWS, [[...target.scope.schemas]], options),
      warnings(client, target.scope.schemas, options),
    ]);
    const found = {
      server: Server.parse(server.rows[0]),
      database: Database.parse(database.rows[0]),
      oldest_transactions: z.array(Transaction).parse(transactions.rows),
      dead_rows: z.array(DeadRows).parse(deadRows.rows),
    };
    return { ...found, warnings: [...warningsOf(found), ...role] };
  },
});

interface Found {
  readonly server: z.infer<typeof Server>;
  readonly database: z.infer<typeof Database>;
  readonly oldest_transactions: readonly z.infer<typeof Transaction>[];
  readonly dead_rows: readonly z.infer<typeof DeadRows>[];
}

function warningsOf(found: Found): string[] {
  const { server, database } = found;
  const idle = found.oldest_transactions.filter(
    ({ state, state_seconds }) =>
      state?.startsWith('idle in transaction') && (state_seconds ?? 0) > LONG_IDLE_SECONDS,
  );
  const checks: readonly (readonly [boolean, string])[] = [
    [
      server.connections_used > server.connections_max * 0.8,
      `${server.connections_used} of ${server.connections_max} connections are used`,
    ],
    [(server.replication_lag_seconds ?? 0) > 60, 'replication lags by more than a minute'],
    [(database.cache_hit_ratio ?? 1) < 0.9, 'less than 90 % of blocks are found in shared memory'],
    [
      database.oldest_xid_age > database.freeze_max_age,
      'the oldest transaction id is past autovacuum_freeze_max_age: vacuum does not keep up',
    ],
    [
      idle.length > 0,
      `idle in transaction for more than ${LONG_IDLE_SECONDS} seconds: ${idle.map(({ pid }) => pid).join(', ')}`,
    ],
    [found.dead_rows.length > 0, `many dead rows: ${found.dead_rows.map(({ table }) => table).join(', ')}`],
  ];
  return checks.flatMap(([applies, sentence]) => (applies ? [sentence] : []));
}
