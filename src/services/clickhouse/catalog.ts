import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import type { ClickHouseReader, Options } from './client.ts';
import { type ClickHouseTarget, databaseOf, tableIn } from './scope.ts';
import { sql } from './sql/statement.ts';

const Table = z.object({
  name: z.string(),
  engine: z.string(),
  partition_key: z.string(),
  sorting_key: z.string(),
  primary_key: z.string(),
  sampling_key: z.string(),
  dependencies_database: z.array(z.string()),
  dependencies_table: z.array(z.string()),
});
export type Table = z.output<typeof Table>;

const Column = z.object({
  name: z.string(),
  type: z.string(),
  default_kind: z.string(),
  default_expression: z.string(),
  comment: z.string(),
});
export type Column = z.output<typeof Column>;

export interface Described {
  readonly table: Table;
  readonly columns: readonly Column[];
}

/** One table of the target with its columns. Throws ToolError('not_linked') and ToolError('not_found'). */
export async function describe(
  client: ClickHouseReader,
  target: ClickHouseTarget,
  name: string,
  options: Options,
): Promise<Described> {
  const database = databaseOf(target);
  const wanted = tableIn(target, name);
  const [[table], columns] = await Promise.all([
    client.records(
      sql`SELECT name, engine, partition_key, sorting_key, primary_key, sampling_key, dependencies_database, dependencies_table FROM system.tables WHERE database = ${database} AND name = ${wanted}`,
      Table,
      options,
    ),
    client.records(
      sql`SELECT name, type, default_kind, default_expression, comment FROM system.columns WHERE database = ${database} AND table = ${wanted}`,
      Column,
      options,
    ),
  ]);
  if (table) return { table, columns };
  throw new ToolError(
    'not_found',
    `the database has no table ${name}; clickhouse_tables lists what there is`,
  );
}
