import { escapeIdentifier } from 'pg';
import { z } from 'zod';
import type { JsonValue } from '../../../toolset/define.ts';
import { quotedName, type Table } from './table.ts';
import type { PgWriter, TextRow } from './transaction.ts';

const Row = z.array(z.string().nullable());

/** Rows of one table before or after a write, as PostgreSQL's own text of every value. */
export const Image = z.strictObject({
  schema: z.string(),
  table: z.string(),
  key: z.array(z.string()),
  columns: z.array(z.string()),
  rows: z.array(Row),
});
export type Image = z.infer<typeof Image>;

export const columnNames = (table: Table): readonly string[] => table.columns.map(({ name }) => name);

export const imageOf = (table: Table, rows: readonly TextRow[]): Image => ({
  schema: table.schema,
  table: table.name,
  key: [...table.key],
  columns: [...columnNames(table)],
  rows: rows.map((row) => [...row]),
});

/** The table as a FROM item; rows of tables that inherit from it are other tables' rows. */
export const rowsOf = (table: Table): string =>
  table.kind === 'p' ? quotedName(table) : `ONLY ${quotedName(table)}`;

/** `"t"."id", "t"."total"`: the table's columns under a name that the statement gives it. */
export const columnList = (columns: readonly string[], qualifier: string): string =>
  columns.map((column) => `${qualifier}.${escapeIdentifier(column)}`).join(', ');

/** The key's values of a row that has all columns of the table. */
export function keyOf(table: Table, row: TextRow): TextRow {
  return table.key.map((column) => row[table.columns.findIndex(({ name }) => name === column)] ?? null);
}

/** Text that is the same for the same values, to compare rows and keys by. */
export const fingerprint = (row: TextRow): string => JSON.stringify(row);

/** `id=7, region='eu'`: a key for a message. */
export const describeKey = (table: Table, key: TextRow): string =>
  table.key.map((column, at) => `${column}=${key[at]}`).join(', ');

/** A list of keys that a statement can join as `k`, and its parameters. */
export function keysAsValues(
  table: Table,
  keys: readonly TextRow[],
): { sql: string; on: string; params: JsonValue[] } {
  const types = table.key.map((column) => table.columns.find(({ name }) => name === column)?.type ?? 'text');
  let at = 0;
  const tuples = keys.map((key) => `(${key.map((_, place) => `$${++at}::${types[place]}`).join(', ')})`);
  const names = table.key.map((_, place) => `k${place}`);
  return {
    sql: `(VALUES ${tuples.join(', ')}) AS k(${names.join(', ')})`,
    on: table.key.map((column, place) => `t.${escapeIdentifier(column)} = k.k${place}`).join(' AND '),
    params: keys.flat(),
  };
}

/** Reads and locks the rows of the keys, in no particular order. */
export async function readRows(
  writer: PgWriter,
  table: Table,
  keys: readonly TextRow[],
): Promise<readonly TextRow[]> {
  if (keys.length === 0) return [];
  const { sql, on, params } = keysAsValues(table, keys);
  const columns = columnList(columnNames(table), 't');
  const { rows } = await writer.run(
    `SELECT ${columns} FROM ${rowsOf(table)} AS t JOIN ${sql} ON ${on} FOR UPDATE OF t`,
    params,
  );
  return rows;
}
