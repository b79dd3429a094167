import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { MAX_SQL_BYTES } from '../guard/parse.ts';
import { tool } from '../types.ts';

/** Shows how the server would run a query, without running it. */
export const explain = tool({
  name: 'pg_explain',
  access: 'read',
  reach: 'sub',
  title: 'Explain a query',
  description:
    'Show the plan that PostgreSQL would use for one SELECT, with its estimated cost. The query is not run.',
  params: z.strictObject({
    sql: z.string().min(1).max(MAX_SQL_BYTES).describe('One SELECT or VALUES; $1, $2 ... stand for params'),
    params: z
      .array(z.union([z.null(), z.boolean(), z.number(), z.string()]))
      .max(1000)
      .default([])
      .describe('Values of $1, $2 ...'),
    format: z.enum(['text', 'json']).default('text'),
  }),
  output: z.strictObject({
    format: z.enum(['text', 'json']),
    plan: z.unknown().describe('Lines of text, or PostgreSQL’s plan as JSON'),
  }),
  async run({ client, target, signal, limits }, { sql, params, format }) {
    const statement = await client.guard(`EXPLAIN (FORMAT ${format}) ${sql}`, target.scope);
    const { rows, truncated } = await client.query(statement, params, { limits, signal });
    if (truncated)
      throw new ToolError('result_too_large', 'The plan is too long; explain a part of the query.');
    return { format, plan: format === 'json' ? (rows[0]?.[0] ?? null) : rows.map(([line]) => String(line)) };
  },
});
