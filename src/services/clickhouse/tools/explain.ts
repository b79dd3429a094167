import { z } from 'zod';
import { complete, completeness, tool } from '../tool.ts';
import { SelectText } from './query.ts';

export const explain = tool({
  name: 'clickhouse_explain',
  access: 'read',
  reach: 'sub',
  title: 'Explain a query',
  description: 'Show how the server would run one SELECT, which is not run. Needs ClickHouse 20.6 or later.',
  params: z.strictObject({ sql: SelectText, kind: z.enum(['plan', 'pipeline', 'syntax']).default('plan') }),
  output: z.strictObject({ lines: z.array(z.string()), ...completeness }),
  list: 'lines',
  async run({ client, target, signal, limits }, { sql, kind }) {
    const guarded = await client.guard(sql, target, { signal, limits });
    const { rows } = await client.own(guarded.explained(kind), { signal, limits });
    const lines = rows.map(([line]) => String(line));
    return { lines: lines.slice(0, limits.rows), ...complete(lines.length > limits.rows, 'explain a part') };
  },
});
