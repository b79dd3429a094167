import { escapeIdentifier } from 'pg';
import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { refuse } from '../guard/refuse.ts';
import { returnedPlaces } from './answer.ts';
import { columnList, columnNames, describeKey, fingerprint, keyOf, readRows } from './image.ts';
import { mustChangeOnly } from './only-table.ts';
import { mustBeReversible } from './reversible.ts';
import { parseWrite, type WriteStatement } from './statement.ts';
import { quotedName, readTable, type Table } from './table.ts';
import type { PgWriter, TextRow } from './transaction.ts';

/** PostgreSQL takes this many parameters in one statement; taking a write back needs one a value. */
const MOST_VALUES = 65_535;
/** Bytes of the rows that one write may touch: they are kept, before and after. */
const MOST_BYTES = 8 * 1024 * 1024;

export interface WriteRequest {
  readonly sql: string;
  readonly params: readonly JsonValue[];
  readonly maxRows: number;
}

/** A write that was checked against the database, and the rows that it is about to change. */
export interface Prepared {
  readonly request: WriteRequest;
  readonly statement: WriteStatement;
  readonly table: Table;
  /** Rows of an UPDATE or DELETE, locked, with all columns of the table. */
  readonly before: readonly TextRow[];
}

export interface Written {
  /** Rows as the write left them; empty for a DELETE. */
  readonly after: readonly TextRow[];
  /** Rows that RETURNING speaks of: the removed ones for a DELETE. */
  readonly touched: readonly TextRow[];
}

/**
 * Checks one write and locks the rows that it names.
 * @throws ToolError('query_refused') when the statement is not allowed, ToolError('write_refused') when it names
 * more rows than `maxRows`
 */
export async function prepareWrite(
  writer: PgWriter,
  schemas: readonly string[],
  request: WriteRequest,
): Promise<Prepared> {
  const statement = await parseWrite(request.sql);
  const table = await readTable(writer, statement.table, schemas);
  mustBeReversible(table, statement);
  returnedPlaces(table, statement.returning);
  await writer.guard(statement.reads);
  const before = await lockRows(writer, table, statement, request);
  return { request, statement, table, before };
}

async function lockRows(
  writer: PgWriter,
  table: Table,
  { where, table: named, command }: WriteStatement,
  request: WriteRequest,
): Promise<readonly TextRow[]> {
  if (!where) return [];
  const name = escapeIdentifier(named.alias ?? named.name);
  const from = `FROM ${named.only ? 'ONLY ' : ''}${quotedName(table)}${named.alias ? ` AS ${name}` : ''} WHERE (${where.text})`;
  const params = where.params.map((number) => request.params[number - 1] ?? null);
  const { rows } = await writer.run(
    `SELECT count(*), coalesce(sum(octet_length((${name}.*)::text)), 0) ${from}`,
    params,
  );
  mustFit(command, table, request.maxRows, Number(rows[0]?.[0]), Number(rows[0]?.[1]));
  const columns = columnList(columnNames(table), name);
  return (await writer.run(`SELECT ${columns} ${from} FOR UPDATE OF ${name}`, params)).rows;
}

/**
 * Runs a prepared write, not yet committed, and proves that it changed the rows of its own table and nothing else.
 * @throws ToolError; the transaction then can only be rolled back
 */
export async function performWrite(writer: PgWriter, prepared: Prepared): Promise<Written> {
  const { statement, table, before, request } = prepared;
  const keys = await runStatement(writer, prepared);
  if (statement.where) mustBeSameRows(table, before, keys);
  await mustChangeOnly(writer, table, statement.command, keys.length);
  if (statement.command === 'DELETE') return { after: [], touched: inOrderOf(table, keys, before) };
  const after = inOrderOf(table, keys, await readRows(writer, table, keys));
  if (after.length !== keys.length)
    throw new ToolError(
      'conflict',
      `the ${statement.command} of up to ${request.maxRows} rows left rows that its own key does not find; nothing has changed`,
    );
  return { after, touched: after };
}

async function runStatement(
  writer: PgWriter,
  { statement, table, request }: Prepared,
): Promise<readonly TextRow[]> {
  const name = escapeIdentifier(statement.table.alias ?? statement.table.name);
  const names = table.key.map((_, at) => `k${at}`);
  // The rows stay in the server until their number and size are known: an INSERT ... SELECT can make any number.
  const { rows } = await writer.run(
    `WITH stackward_written (${names.join(', ')}, bytes) AS (
${statement.text}
RETURNING ${columnList(table.key, name)}, octet_length((${name}.*)::text))
SELECT ${names.join(', ')}, count(*) OVER (), sum(bytes) OVER () FROM stackward_written LIMIT ${request.maxRows + 1}`,
    request.params,
  );
  mustFit(
    statement.command,
    table,
    request.maxRows,
    Number(rows[0]?.at(-2) ?? 0),
    Number(rows[0]?.at(-1) ?? 0),
  );
  // A deferred constraint must fail now, while nothing is said to be done.
  await writer.run('SET CONSTRAINTS ALL IMMEDIATE');
  return rows.map((row) => row.slice(0, table.key.length));
}

function mustFit(command: string, table: Table, maxRows: number, count: number, bytes: number): void {
  if (count > maxRows)
    throw new ToolError(
      'write_refused',
      `the ${command} touches ${count} rows of ${quotedName(table)} and at most ${maxRows} were allowed by max_rows; nothing has changed`,
    );
  if (count * table.columns.length > MOST_VALUES || bytes > MOST_BYTES)
    refuse(
      `the ${command} touches ${count} rows with ${bytes} bytes, more than can be kept to take it back (${MOST_VALUES} values, ${MOST_BYTES} bytes); write fewer rows at a time`,
    );
}

function mustBeSameRows(table: Table, before: readonly TextRow[], keys: readonly TextRow[]): void {
  const captured = new Set(before.map((row) => fingerprint(keyOf(table, row))));
  const stray = keys.find((key) => !captured.has(fingerprint(key)));
  if (stray) {
    throw new ToolError(
      'conflict',
      `the WHERE named other rows when it ran (${describeKey(table, stray)}) than when it was checked; nothing has changed`,
    );
  }
  if (keys.length !== before.length)
    throw new ToolError(
      'conflict',
      `the WHERE named ${before.length} rows when it was checked and ${keys.length} when it ran; nothing has changed`,
    );
}

function inOrderOf(table: Table, keys: readonly TextRow[], rows: readonly TextRow[]): readonly TextRow[] {
  const byKey = new Map(rows.map((row) => [fingerprint(keyOf(table, row)), row]));
  return keys.flatMap((key) => {
    const row = byKey.get(fingerprint(key));
    return row ? [row] : [];
  });
}
