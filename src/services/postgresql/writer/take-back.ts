import { escapeIdentifier } from 'pg';
import { z } from 'zod';
import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { isViolation } from './failure.ts';
import {
  columnList,
  columnNames,
  describeKey,
  fingerprint,
  Image,
  imageOf,
  keyOf,
  keysAsValues,
  readRows,
  rowsOf,
} from './image.ts';
import { mustChangeOnly } from './only-table.ts';
import { mustBeReversible } from './reversible.ts';
import { quotedName, readTable, type Table } from './table.ts';
import type { PgWriter, TextRow } from './transaction.ts';
import type { Prepared, Written } from './write.ts';

export const Before = z.strictObject({ command: z.enum(['INSERT', 'UPDATE', 'DELETE']), image: Image });

/** What a write is recorded as before it runs. */
export const beforeOf = ({ statement, table, before }: Prepared): JsonValue => ({
  command: statement.command,
  image: imageOf(table, before),
});

/** What the rows are recorded as after it ran. */
export const afterOf = ({ table }: Prepared, { after }: Written): JsonValue => imageOf(table, after);

/**
 * Whether every row that a write touched is as it was before it: those that it changed or deleted are there as they
 * were, and those that it added are not.
 */
export async function isTakenBack(
  writer: PgWriter,
  schemas: readonly string[],
  recorded: { before: JsonValue; after: JsonValue },
): Promise<boolean> {
  const { image: before } = Before.parse(recorded.before);
  const after = Image.nullable().parse(recorded.after);
  const table = await readTable(writer, { schema: before.schema, name: before.table, only: false }, schemas);
  mustHaveSameShape(table, before);
  const keys = new Map(
    [...before.rows, ...(after?.rows ?? [])]
      .map((row) => keyOf(table, row))
      .map((key) => [fingerprint(key), key]),
  );
  const now = await readRows(writer, table, [...keys.values()]);
  const [found, wanted] = [now, before.rows].map((rows) => rows.map(fingerprint).sort().join());
  return found === wanted;
}

/** What takes a statement back. */
export const INVERSE = { INSERT: 'DELETE', UPDATE: 'UPDATE', DELETE: 'INSERT' } as const;

/**
 * Puts every row back as it was before a write, not yet committed: all of them or none.
 * @throws ToolError('conflict'), naming the keys, when a row is no longer as the write left it
 */
export async function takeBack(
  writer: PgWriter,
  schemas: readonly string[],
  recorded: { before: JsonValue; after: JsonValue },
): Promise<void> {
  const { command, image: before } = Before.parse(recorded.before);
  if (recorded.after === null)
    throw new ToolError('conflict', 'the write was never finished, so that there is nothing to take back');
  const after = Image.parse(recorded.after);
  const table = await readTable(writer, { schema: before.schema, name: before.table, only: false }, schemas);
  mustHaveSameShape(table, before);
  const inverse = INVERSE[command];
  mustBeReversible(table, { command: inverse, table: { name: table.name, only: true }, assigned: [] });
  await mustBeAsLeft(writer, table, command, { before, after });
  // Row by row, a constraint that holds for all rows together may be violated in between.
  await writer.run('SET CONSTRAINTS ALL DEFERRED');
  const changed = await RESTORE[command](writer, table, { before, after }).catch(asConflict);
  await writer.run('SET CONSTRAINTS ALL IMMEDIATE').catch(asConflict);
  await mustChangeOnly(writer, table, inverse, changed);
}

interface Images {
  readonly before: Image;
  readonly after: Image;
}

/** Puts the rows back and gives the number of rows that it changed. */
type Restore = (writer: PgWriter, table: Table, images: Images) => Promise<number>;

const RESTORE: Readonly<Record<keyof typeof INVERSE, Restore>> = {
  INSERT: removeInserted,
  UPDATE: resetUpdated,
  DELETE: insertDeleted,
};

/** A constraint that stands in the way tells of rows that somebody wrote since. */
function asConflict(error: unknown): never {
  if (!(error instanceof ToolError) || !isViolation(error.cause)) throw error;
  throw new ToolError('conflict', `${error.detail} Rows that were written since depend on the change.`, {
    cause: error,
  });
}

function mustHaveSameShape(table: Table, { key, columns }: Image): void {
  if (fingerprint(table.key) !== fingerprint(key) || fingerprint(columnNames(table)) !== fingerprint(columns))
    throw new ToolError(
      'conflict',
      `the columns of ${quotedName(table)} have changed since the write; nothing was taken back`,
    );
}

async function mustBeAsLeft(
  writer: PgWriter,
  table: Table,
  command: keyof typeof INVERSE,
  { before, after }: Images,
): Promise<void> {
  const left = command === 'DELETE' ? [] : after.rows;
  const keys = (command === 'DELETE' ? before.rows : after.rows).map((row) => keyOf(table, row));
  const expected = new Map(left.map((row) => [fingerprint(keyOf(table, row)), fingerprint(row)]));
  const found = new Map(
    (await readRows(writer, table, keys)).map((row) => [fingerprint(keyOf(table, row)), fingerprint(row)]),
  );
  const changed = keys.filter((key) => expected.get(fingerprint(key)) !== found.get(fingerprint(key)));
  if (changed.length === 0) return;
  const named = changed.slice(0, 10).map((key) => describeKey(table, key));
  const more = changed.length > named.length ? ` and ${changed.length - named.length} more` : '';
  throw new ToolError(
    'conflict',
    `rows of ${quotedName(table)} are no longer as the write left them: ${named.join('; ')}${more}; nothing was taken back`,
  );
}

async function removeInserted(writer: PgWriter, table: Table, { after }: Images): Promise<number> {
  if (after.rows.length === 0) return 0;
  const keys = after.rows.map((row) => keyOf(table, row));
  const { sql, on, params } = keysAsValues(table, keys);
  await writer.run(`DELETE FROM ${rowsOf(table)} AS t USING ${sql} WHERE ${on}`, params);
  return after.rows.length;
}

async function insertDeleted(writer: PgWriter, table: Table, { before }: Images): Promise<number> {
  if (before.rows.length === 0) return 0;
  const kept = table.columns.flatMap(({ generated }, at) => (generated ? [] : [at]));
  const names = kept.map((at) => escapeIdentifier(columnNames(table)[at] ?? ''));
  const values = before.rows.map((row) => kept.map((at) => row[at] ?? null));
  let number = 0;
  const tuples = values.map((row) => `(${row.map(() => `$${++number}`).join(', ')})`);
  // One statement for all, so that rows of the table that refer to each other come back together.
  const { rows } = await writer.run(
    `INSERT INTO ${quotedName(table)} AS t (${names.join(', ')}) OVERRIDING SYSTEM VALUE VALUES ${tuples.join(', ')}
     RETURNING ${columnList(columnNames(table), 't')}`,
    values.flat(),
  );
  mustBeAsBefore(table, before.rows, rows);
  return before.rows.length;
}

async function resetUpdated(writer: PgWriter, table: Table, { before, after }: Images): Promise<number> {
  const previous = new Map(before.rows.map((row) => [fingerprint(keyOf(table, row)), row]));
  let changed = 0;
  // Backwards, so that a unique value that one row took over from another is free again when its turn comes.
  for (const row of after.rows.toReversed()) {
    const was = previous.get(fingerprint(keyOf(table, row)));
    if (!was)
      throw new ToolError(
        'conflict',
        'the record of the write does not fit together; nothing was taken back',
      );
    if (await resetRow(writer, table, row, was)) changed += 1;
  }
  return changed;
}

/** Sets the columns of one row that differ, and says whether there were any. */
async function resetRow(writer: PgWriter, table: Table, row: TextRow, was: TextRow): Promise<boolean> {
  const differing = table.columns.flatMap(({ generated }, at) =>
    generated || row[at] === was[at] ? [] : [at],
  );
  if (differing.length === 0) return false;
  const { sql, on, params } = keysAsValues(table, [keyOf(table, row)]);
  const sets = differing.map(
    (at, place) => `${escapeIdentifier(columnNames(table)[at] ?? '')} = $${params.length + place + 1}`,
  );
  const { rows } = await writer.run(
    `UPDATE ${rowsOf(table)} AS t SET ${sets.join(', ')} FROM ${sql} WHERE ${on}
     RETURNING ${columnList(columnNames(table), 't')}`,
    [...params, ...differing.map((at) => was[at] ?? null)],
  );
  mustBeAsBefore(table, [was], rows);
  return true;
}

function mustBeAsBefore(table: Table, before: readonly TextRow[], restored: readonly TextRow[]): void {
  const same = new Set(restored.map(fingerprint));
  const missing = before.find((row) => !same.has(fingerprint(row)));
  if (missing || restored.length !== before.length)
    throw new ToolError(
      'conflict',
      `rows of ${quotedName(table)} do not come back as they were${missing ? ` (${describeKey(table, keyOf(table, missing))})` : ''}; nothing was taken back`,
    );
}
