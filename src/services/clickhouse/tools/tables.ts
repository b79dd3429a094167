import { z } from 'zod';
import { databaseOf, reaches } from '../scope.ts';
import { sql } from '../sql/statement.ts';
import { complete, completeness, tool } from '../tool.ts';

const Table = z.object({ name: z.string(), engine: z.string() });
const Size = z.object({
  table: z.string(),
  parts: z.coerce.number(),
  row_count: z.coerce.number(),
  disk_bytes: z.coerce.number(),
});

export const tables = tool({
  name: 'clickhouse_tables',
  access: 'read',
  reach: 'sub',
  title: 'List tables',
  description: 'List the tables and views that the target reaches, with engine, rows and bytes on disk.',
  params: z.strictObject({ prefix: z.string().max(200).default('').describe('Only names that begin so') }),
  output: z.strictObject({
    tables: z.array(
      z.strictObject({
        name: z.string(),
        engine: z.string(),
        row_count: z.number().nullable().describe('null where no parts hold the rows'),
        disk_bytes: z.number().nullable(),
        parts: z.number().nullable(),
      }),
    ),
    ...completeness,
  }),
  list: 'tables',
  async run({ client, target, signal, limits }, { prefix }) {
    const database = databaseOf(target);
    const options = { signal, limits };
    const [found, sizes] = await Promise.all([
      client.records(
        sql`SELECT name, engine FROM system.tables WHERE database = ${database} ORDER BY name`,
        Table,
        options,
      ),
      client.records(
        sql`SELECT table, count() AS parts, sum(rows) AS row_count, sum(bytes_on_disk) AS disk_bytes FROM system.parts WHERE database = ${database} AND active = 1 GROUP BY table`,
        Size,
        options,
      ),
    ]);
    const sizeOf = new Map(sizes.map((size) => [size.table, size]));
    const wanted = found.filter(({ name }) => name.startsWith(prefix) && reaches(target, name));
    const shown = wanted.slice(0, limits.rows).map(({ name, engine }) => {
      const { row_count = null, disk_bytes = null, parts = null } = sizeOf.get(name) ?? {};
      return { name, engine, row_count, disk_bytes, parts };
    });
    return { tables: shown, ...complete(wanted.length > limits.rows, 'give a prefix') };
  },
});
