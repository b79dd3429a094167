import { z } from 'zod';
import { MAX_SQL_BYTES } from '../guard/parse.ts';
import { tool } from '../types.ts';

/** Reads rows with one guarded statement. */
export const query = tool({
  name: 'pg_query',
  access: 'read',
  reach: 'sub',
  title: 'Query a database',
  description:
    'Run one read-only SQL statement (SELECT, VALUES, SHOW, EXPLAIN) on the schemas that the link reaches. Built-in functions and operators only; no catalogs, locks or side effects. bigint and numeric come as text, bytea as base64.',
  params: z.strictObject({
    sql: z.string().min(1).max(MAX_SQL_BYTES).describe('One statement; $1, $2 ... stand for params'),
    params: z
      .array(z.union([z.null(), z.boolean(), z.number(), z.string()]))
      .max(1000)
      .default([])
      .describe('Values of $1, $2 ...'),
    max_rows: z.number().int().min(1).optional().describe('Fewer rows than the limit of the component'),
  }),
  output: z.strictObject({
    columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
    rows: z.array(z.array(z.unknown())).describe('One array a row, in the order of columns'),
    row_count: z.number().int().describe('Rows in this answer'),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'rows',
  async run({ client, target, signal, limits }, { sql, params, max_rows }) {
    const statement = await client.guard(sql, target.scope);
    const bounds = { ...limits, rows: Math.min(max_rows ?? limits.rows, limits.rows) };
    const { columns, rows, truncated } = await client.query(statement, params, { limits: bounds, signal });
    return {
      columns: [...columns],
      rows: rows.map((row) => [...row]),
      row_count: rows.length,
      truncated,
      ...(truncated && {
        hint: `There are more rows than these ${rows.length}; narrow with WHERE, aggregate, or page with ORDER BY and LIMIT.`,
      }),
    };
  },
});
