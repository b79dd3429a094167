import { z } from 'zod';
import { TableName } from '../names.ts';
import { databaseOf, reaches, tableIn } from '../scope.ts';
import { sql } from '../sql/statement.ts';
import { complete, completeness, type Reading, tool } from '../tool.ts';

const Row = z.strictObject({
  table: z.string(),
  partition: z.string(),
  parts: z.coerce.number(),
  row_count: z.coerce.number(),
  disk_bytes: z.coerce.number(),
  uncompressed_bytes: z.coerce.number(),
  last_change: z.string().describe('In the server’s time zone'),
});

export const parts = tool({
  name: 'clickhouse_parts',
  access: 'read',
  reach: 'sub',
  title: 'Show parts',
  description:
    'Show for each partition how many active parts, rows and bytes it has, most parts first. Many parts mean that merges lag behind inserts.',
  params: z.strictObject({ table: TableName.optional().describe('Only partitions of this table') }),
  output: z.strictObject({ partitions: z.array(Row), ...completeness }),
  list: 'partitions',
  async run(context, { table }) {
    const { target, limits } = context;
    const all = await find(context, table);
    const wanted = all.filter((row) => reaches(target, row.table));
    return {
      partitions: wanted.slice(0, limits.rows),
      ...complete(wanted.length > limits.rows, 'name one table'),
    };
  },
});

function find({ client, target, signal, limits }: Reading, table: string | undefined) {
  const database = databaseOf(target);
  const options = { signal, limits };
  if (table === undefined)
    return client.records(
      sql`SELECT table, partition, count() AS parts, sum(rows) AS row_count, sum(bytes_on_disk) AS disk_bytes, sum(data_uncompressed_bytes) AS uncompressed_bytes, toString(max(modification_time)) AS last_change FROM system.parts WHERE database = ${database} AND active = 1 GROUP BY table, partition ORDER BY parts DESC, table, partition`,
      Row,
      options,
    );
  return client.records(
    sql`SELECT table, partition, count() AS parts, sum(rows) AS row_count, sum(bytes_on_disk) AS disk_bytes, sum(data_uncompressed_bytes) AS uncompressed_bytes, toString(max(modification_time)) AS last_change FROM system.parts WHERE database = ${database} AND active = 1 AND table = ${tableIn(target, table)} GROUP BY table, partition ORDER BY parts DESC, partition`,
    Row,
    options,
  );
}
