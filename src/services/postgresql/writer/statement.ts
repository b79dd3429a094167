import type { DeleteStmt, InsertStmt, Node, RangeVar, UpdateStmt } from 'libpg-query';
import { parseOne } from '../guard/parse.ts';
import { refuse } from '../guard/refuse.ts';
import { readingHalf } from './reading-half.ts';
import { type Returned, returnedColumns } from './returning.ts';
import { cutStatement, type WhereText } from './text.ts';

const ACCEPTED = 'accepted is one INSERT, UPDATE or DELETE on one table of the link';

/** The table that a statement names, as it names it. */
export interface NamedTable {
  readonly schema?: string;
  readonly name: string;
  readonly alias?: string;
  /** `ONLY` was written: children of an inherited table are left alone. */
  readonly only: boolean;
}

/** One parsed write, taken apart so far that nothing in it is unknown. */
export interface WriteStatement {
  readonly command: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly table: NamedTable;
  /** The caller's text without RETURNING, comments at its end and semicolon. */
  readonly text: string;
  /** Of an UPDATE or DELETE. */
  readonly where?: WhereText;
  /** Columns that an UPDATE sets; empty for the others. */
  readonly assigned: readonly string[];
  readonly returning: readonly Returned[];
  /** Everything that the statement evaluates, as SELECT trees for the reading guard. */
  readonly reads: readonly Node[];
}

/**
 * Parses and checks one write.
 * @throws ToolError('query_refused') for everything but one plain INSERT, UPDATE or DELETE
 */
export async function parseWrite(sql: string): Promise<WriteStatement> {
  const stmt = await parseOne(sql);
  if ('UpdateStmt' in stmt) return update(sql, stmt.UpdateStmt);
  if ('DeleteStmt' in stmt) return remove(sql, stmt.DeleteStmt);
  if ('InsertStmt' in stmt) return insert(sql, stmt.InsertStmt);
  const kind = Object.keys(stmt)[0] ?? 'nothing';
  refuse(`${kind.replace(/Stmt$/, '')} is not a write that this tool takes; ${ACCEPTED}`);
}

function update(sql: string, stmt: UpdateStmt): Promise<WriteStatement> {
  const { relation, targetList, whereClause, fromClause, returningClause, withClause, ...unknown } = stmt;
  refuseUnknown(unknown);
  if (withClause) refuseWith();
  if (fromClause)
    refuse('UPDATE ... FROM is not taken; name the rows in WHERE, with `IN (SELECT ...)` if need be');
  const table = namedTable(relation);
  requireRows('UPDATE', whereClause);
  const assigned = (targetList ?? []).map((node) => {
    if (!('ResTarget' in node) || !node.ResTarget.name) refuse('an assignment of the UPDATE names no column');
    return node.ResTarget.name;
  });
  return takeApart(sql, { UpdateStmt: stmt }, { command: 'UPDATE', table, assigned }, returningClause);
}

function remove(sql: string, stmt: DeleteStmt): Promise<WriteStatement> {
  const { relation, usingClause, whereClause, returningClause, withClause, ...unknown } = stmt;
  refuseUnknown(unknown);
  if (withClause) refuseWith();
  if (usingClause)
    refuse('DELETE ... USING is not taken; name the rows in WHERE, with `IN (SELECT ...)` if need be');
  const table = namedTable(relation);
  requireRows('DELETE', whereClause);
  return takeApart(sql, { DeleteStmt: stmt }, { command: 'DELETE', table, assigned: [] }, returningClause);
}

function insert(sql: string, stmt: InsertStmt): Promise<WriteStatement> {
  const { relation, cols, selectStmt, onConflictClause, returningClause, withClause, override, ...unknown } =
    stmt;
  refuseUnknown(unknown);
  if (withClause) refuseWith();
  if (onConflictClause) checkOnConflict(onConflictClause);
  const table = namedTable(relation);
  return takeApart(sql, { InsertStmt: stmt }, { command: 'INSERT', table, assigned: [] }, returningClause);
}

type Shape = Pick<WriteStatement, 'command' | 'table' | 'assigned'>;

async function takeApart(
  sql: string,
  stmt: Node,
  shape: Shape,
  clause: UpdateStmt['returningClause'],
): Promise<WriteStatement> {
  const { text, where } = await cutStatement(sql, stmt);
  const returning = returnedColumns(clause, shape.table);
  return { ...shape, text, ...(where && { where }), returning, reads: readingHalf(stmt) };
}

/** A field that this version does not know could change what the statement does. */
function refuseUnknown(rest: object): void {
  const names = Object.keys(rest);
  if (names.length > 0) refuse(`the statement has a clause that is not known here: ${names.join(', ')}`);
}

function refuseWith(): never {
  refuse('WITH is not taken in a write; use a subselect, which can only read');
}

function namedTable(relation: RangeVar | undefined): NamedTable {
  if (!relation?.relname) refuse(`the statement names no table; ${ACCEPTED}`);
  if (relation.catalogname) refuse('name the table as schema.table, without a database');
  if (relation.alias?.colnames) refuse('an alias that renames columns is not taken');
  return {
    ...(relation.schemaname && { schema: relation.schemaname }),
    name: relation.relname,
    ...(relation.alias?.aliasname && { alias: relation.alias.aliasname }),
    only: relation.inh !== true,
  };
}

function requireRows(command: string, where: Node | undefined): void {
  if (!where) refuse(`${command} without WHERE would reach every row; say in WHERE which rows are meant`);
  if (!mentionsColumn(where))
    refuse(
      `the WHERE of the ${command} looks at no column of the table outside of a subselect, so it names no rows; compare a column, with \`IN (SELECT ...)\` if need be`,
    );
}

function mentionsColumn(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ('ColumnRef' in value) return true;
  return Object.entries(value).some(([key, inner]) => key !== 'subselect' && mentionsColumn(inner));
}

function checkOnConflict(clause: NonNullable<InsertStmt['onConflictClause']>): void {
  if (clause.action !== 'ONCONFLICT_NOTHING')
    refuse('ON CONFLICT DO UPDATE is not taken; use DO NOTHING, or an UPDATE of its own');
  const { indexElems = [], whereClause } = clause.infer ?? {};
  const plain = indexElems.every(
    (node) =>
      'IndexElem' in node &&
      node.IndexElem.name &&
      !node.IndexElem.expr &&
      !node.IndexElem.collation &&
      !node.IndexElem.opclass,
  );
  if (!plain || whereClause) refuse('ON CONFLICT takes plain column names or a constraint’s name only');
}
