import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { tool } from '../types.ts';
import { shownQuery } from './shown-query.ts';

const INSTALLED = `
SELECT quote_ident(n.nspname) AS schema,
       EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(quote_ident(n.nspname) || '.pg_stat_statements')
                  AND attname = 'total_exec_time' AND NOT attisdropped) AS execution_alone
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'`;

const ORDERS = ['total_time', 'mean_time', 'calls', 'rows'] as const;
const ORDER_COLUMNS = { total_time: 'total_ms', mean_time: 'mean_ms', calls: 'calls', rows: 'rows' } as const;

/** The view's times were renamed in PostgreSQL 13, when planning was told apart from execution. */
const statement = (schema: string, prefix: 'exec_' | '', order: (typeof ORDERS)[number]) => `
SELECT left(s.query, 1000) AS query, s.calls::float8, s.rows::float8,
       s.total_${prefix}time AS total_ms, s.mean_${prefix}time AS mean_ms, s.max_${prefix}time AS max_ms,
       s.shared_blks_hit::float8 AS cache_hits, s.shared_blks_read::float8 AS cache_misses,
       s.temp_blks_written::float8 AS temp_blocks_written
  FROM ${schema}.pg_stat_statements s
 WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
 ORDER BY ${ORDER_COLUMNS[order]} DESC NULLS LAST LIMIT $1::int`;

const Row = z.strictObject({
  query: z.string().nullable().describe('The query with its constants taken out, first 1,000 characters'),
  calls: z.number().describe('How often it ran'),
  rows: z.number().describe('Rows that it gave or changed, in all calls together'),
  total_ms: z.number().describe('Milliseconds in all calls together'),
  mean_ms: z.number().describe('Milliseconds of one call, on average'),
  max_ms: z.number().describe('Milliseconds of the slowest call'),
  cache_hits: z.number().describe('Blocks that were found in shared memory'),
  cache_misses: z.number().describe('Blocks that had to be read'),
  temp_blocks_written: z
    .number()
    .describe('Blocks written to temporary files: sorts and joins larger than work_mem'),
});

const HOW_TO_INSTALL =
  'pg_stat_statements is not at hand in this database. An operator sets shared_preload_libraries = pg_stat_statements, restarts the server and runs CREATE EXTENSION pg_stat_statements here; the role needs pg_read_all_stats to see other roles’ queries.';

export const topQueries = tool({
  name: 'pg_top_queries',
  access: 'read',
  title: 'Show the costliest queries',
  description:
    'Show the queries that cost this database most since its statistics were reset, from pg_stat_statements.',
  reach: 'sub',
  params: z.strictObject({
    order_by: z.enum(ORDERS).default('total_time').describe('What to put first'),
    limit: z.int().min(1).max(100).default(20).describe('How many queries'),
  }),
  output: z.strictObject({
    available: z.boolean().describe('Whether pg_stat_statements is installed and loaded'),
    queries: z.array(Row).describe('Costliest first; queries of other databases are not shown'),
    truncated: z.boolean().optional().describe('Whether `queries` was cut'),
    hint: z.string().optional().describe('How to get what is missing'),
  }),
  list: 'queries',
  async run({ client, limits, signal }, { order_by, limit }) {
    const options = { limits, signal };
    const [installed] = (await client.catalog(INSTALLED, [], options)).rows;
    const missing = { available: false, queries: [], hint: HOW_TO_INSTALL };
    if (!installed) return missing;
    const { schema, execution_alone } = z
      .object({ schema: z.string(), execution_alone: z.boolean() })
      .parse(installed);
    const sql = statement(schema, execution_alone ? 'exec_' : '', order_by);
    try {
      const { rows } = await client.catalog(sql, [limit], options);
      const queries = z.array(Row).parse(rows);
      return { available: true, queries: queries.map((row) => ({ ...row, query: shownQuery(row.query) })) };
    } catch (error) {
      // Created here but not loaded at the server's start: the view is there and refuses to be read.
      if (error instanceof ToolError && error.code === 'query_failed') return missing;
      throw error;
    }
  },
});
