import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { describe as describeTable } from '../catalog.ts';
import { TableName } from '../names.ts';
import { parseSelect } from '../sql/select.ts';
import { complete, completeness, tool } from '../tool.ts';

export const describe = tool({
  name: 'clickhouse_describe',
  access: 'read',
  reach: 'sub',
  title: 'Describe a table',
  description:
    'Describe one table or view: columns with types and defaults, engine, partition and sorting key.',
  params: z.strictObject({ table: TableName }),
  output: z.strictObject({
    table: z.string(),
    engine: z.string(),
    partition_key: z.string(),
    sorting_key: z.string(),
    primary_key: z.string(),
    sampling_key: z.string(),
    columns: z.array(
      z.strictObject({
        name: z.string(),
        type: z.string(),
        default_kind: z.string().describe('DEFAULT, MATERIALIZED, EPHEMERAL, ALIAS or empty'),
        default_expression: z
          .string()
          .nullable()
          .describe('null where it is one that clickhouse_query would refuse'),
        comment: z.string(),
      }),
    ),
    ...completeness,
  }),
  list: 'columns',
  async run({ client, target, signal, limits }, args) {
    const { table, columns } = await describeTable(client, target, args.table, { signal, limits });
    return {
      table: table.name,
      engine: table.engine,
      partition_key: table.partition_key,
      sorting_key: table.sorting_key,
      primary_key: table.primary_key,
      sampling_key: table.sampling_key,
      columns: columns
        .slice(0, limits.rows)
        .map(({ name, type, default_kind, default_expression, comment }) => ({
          name,
          type,
          default_kind,
          default_expression: isPlain(default_expression) ? default_expression : null,
          comment,
        })),
      ...complete(columns.length > limits.rows, 'ask for the columns that you know'),
    };
  },
});

/** A default may hold a key for encrypt(), or name what the link does not reach. */
function isPlain(expression: string): boolean {
  if (expression === '') return true;
  try {
    return parseSelect(`SELECT ${expression}`, '').mentions.tables.size === 0;
  } catch (error) {
    if (error instanceof ToolError) return false;
    throw error;
  }
}
