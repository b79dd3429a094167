import { z } from 'zod';
import type { WriteScope } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { type Column, type Described, describe } from './catalog.ts';
import { holdsRows } from './dependence.ts';
import { ColumnName, TableName } from './names.ts';
import { databaseOf, tableIn } from './scope.ts';
import { quoteName } from './sql/quote.ts';
import { Statement } from './sql/statement.ts';
import type { Writing } from './tool.ts';

const MOST_ROWS = 100;
const MOST_BYTES = 1024 * 1024;

/** A whole number over 2^53 was another one before it was read as JSON here. */
const isExact = (number: number): boolean => !Number.isInteger(number) || Number.isSafeInteger(number);
const Scalar = z.union([
  z.string(),
  z.number().refine(isExact, 'write a whole number of more than 15 digits as text'),
  z.boolean(),
  z.null(),
]);
const Row = z
  .record(ColumnName, z.union([Scalar, z.array(Scalar).max(1000)]))
  .refine((row) => Object.keys(row).length > 0, 'a row names at least one column');
type Row = z.output<typeof Row>;

export const InsertParams = z.strictObject({
  table: TableName,
  rows: z
    .array(Row)
    .min(1)
    .max(MOST_ROWS)
    .describe(
      'Columns by name, the same in every row; one that is left out gets its default. Write long numbers as text',
    ),
});
export type InsertParams = z.output<typeof InsertParams>;

/** Throws ToolError('not_linked') and ToolError('invalid_arguments'). */
export function insertScope(target: Writing['target'], { table, rows }: InsertParams): WriteScope {
  databaseOf(target);
  const bytes = Buffer.byteLength(JSON.stringify(rows));
  if (bytes > MOST_BYTES)
    throw new ToolError('invalid_arguments', `the rows are over ${MOST_BYTES} bytes; insert fewer at once`);
  const [first = {}] = rows;
  // A column that some rows leave out would get its DEFAULT from new servers and an empty value from old ones.
  const isEven = rows.every((row) => namesOf(row) === namesOf(first));
  if (!isEven)
    throw new ToolError(
      'invalid_arguments',
      'every row has to name the same columns; insert the others apart',
    );
  return { resources: [`${target.name}/${tableIn(target, table)}`], atMost: rows.length };
}

const namesOf = (row: Row): string => JSON.stringify(Object.keys(row).sort());

/**
 * The table that rows go into, once it is sure that they go there alone.
 *
 * @throws ToolError('query_refused') for a table that passes rows on, and ToolError('invalid_arguments') for a column
 * that cannot be filled
 */
export async function openTable(
  { client, target, signal, limits }: Writing,
  { table, rows }: InsertParams,
): Promise<Described> {
  const found = await describe(client, target, table, { signal, limits });
  if (!holdsRows(found.table.engine))
    throw new ToolError(
      'query_refused',
      `${table} has the engine ${found.table.engine}, which passes rows on; insert into the table that holds them`,
    );
  if (found.table.dependencies_table.length > 0)
    throw new ToolError(
      'query_refused',
      `${table} feeds ${found.table.dependencies_table.length} materialized view(s), which would write to other tables`,
    );
  const fillable = new Map(found.columns.filter(isFillable).map((column) => [column.name, column]));
  const odd = rows.flatMap((row) => Object.keys(row)).find((name) => !fillable.has(name));
  if (odd !== undefined)
    throw new ToolError(
      'invalid_arguments',
      `${table} has no column ${odd} that can be filled; it has: ${[...fillable.keys()].slice(0, 100).join(', ')}`,
    );
  // Old servers take NULL in such a column for 0.
  const filled = rows.flatMap((row) => Object.entries(row));
  const [empty] = filled.find(([name, value]) => holdsNull(value) && !isNullable(fillable.get(name))) ?? [];
  if (empty !== undefined)
    throw new ToolError('invalid_arguments', `the column ${empty} of ${table} takes no null`);
  return found;
}

const holdsNull = (value: Row[string] | undefined): boolean =>
  value === null || (Array.isArray(value) && value.includes(null));

const isNullable = (column: Column | undefined): boolean =>
  /Nullable\(|Variant\(|^(?:Dynamic|JSON|Object)\b/.test(column?.type ?? '');

/** The server computes the others. */
const isFillable = ({ default_kind }: Column): boolean => default_kind === '' || default_kind === 'DEFAULT';

/** Inserts the rows in one statement. Throws ToolError; `outcome_unknown` where they may be there. */
export async function insertRows(context: Writing, { table, rows }: InsertParams): Promise<void> {
  const { client, target, signal, limits } = context;
  const place = `${quoteName(databaseOf(target))}.${quoteName(tableIn(target, table))}`;
  const columns = Object.keys(rows[0] ?? {})
    .map(quoteName)
    .join(', ');
  const statement = Statement.of(`INSERT INTO ${place} (${columns}) FORMAT JSONEachRow`);
  const lines = rows.map((row) => JSON.stringify(row)).join('\n');
  await client.write(statement, { signal, limits, rows: lines });
}
