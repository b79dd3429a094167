import { z } from 'zod';
import { MAX_SQL_CHARACTERS } from '../sql/token.ts';
import { complete, completeness, tool } from '../tool.ts';

export const SelectText = z
  .string()
  .min(1)
  .max(MAX_SQL_CHARACTERS)
  .describe('One SELECT over tables of the target, without SETTINGS, FORMAT or table functions');

export const query = tool({
  name: 'clickhouse_query',
  access: 'read',
  reach: 'sub',
  title: 'Query ClickHouse',
  description:
    'Run one SELECT. Numbers of 64 bits and more come as text. Aggregate or LIMIT rather than read many rows.',
  params: z.strictObject({ sql: SelectText }),
  output: z.strictObject({
    columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
    rows: z.array(z.array(z.unknown())).describe('One array a row, in the order of columns'),
    ...completeness,
  }),
  list: 'rows',
  async run({ client, target, signal, limits }, { sql }) {
    const options = { signal, limits };
    const guarded = await client.guard(sql, target, options);
    const most = limits.rows + 1;
    const { columns, rows } = await client.rows(guarded.limitedTo(most), most * guarded.arms, options);
    return {
      columns: columns.map(({ name, type }) => ({ name, type })),
      rows: rows.slice(0, limits.rows).map((row) => [...row]),
      ...complete(rows.length > limits.rows, 'aggregate, filter or LIMIT in the query'),
    };
  },
});
