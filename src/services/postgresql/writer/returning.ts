import type { ReturningClause } from 'libpg-query';
import { refuse } from '../guard/refuse.ts';
import type { NamedTable } from './statement.ts';

/** One item of RETURNING: every column, or one under the name that the answer has it by. */
export type Returned = { readonly all: true } | { readonly column: string; readonly as: string };

/**
 * What RETURNING asks for.
 * @throws ToolError('query_refused') for anything but columns of the written table
 */
export function returnedColumns(clause: ReturningClause | undefined, table: NamedTable): readonly Returned[] {
  if (!clause) return [];
  const { exprs = [], options = [], ...unknown } = clause;
  if (options.length > 0 || Object.keys(unknown).length > 0) refuseItem();
  return exprs.map((node) => {
    if (!('ResTarget' in node) || !node.ResTarget.val || !('ColumnRef' in node.ResTarget.val)) refuseItem();
    const fields = node.ResTarget.val.ColumnRef.fields ?? [];
    const last = fields.at(-1);
    const qualifier = fields.slice(0, -1).map((part) => ('String' in part ? part.String.sval : undefined));
    if (!last || !namesTable(qualifier, table)) refuseItem();
    if ('A_Star' in last) return { all: true };
    if (!('String' in last) || !last.String.sval) refuseItem();
    return { column: last.String.sval, as: node.ResTarget.name ?? last.String.sval };
  });
}

function namesTable(qualifier: readonly (string | undefined)[], table: NamedTable): boolean {
  if (qualifier.length === 0) return true;
  return qualifier.length === 1 && qualifier[0] === (table.alias ?? table.name);
}

function refuseItem(): never {
  refuse('RETURNING takes plain columns of the written table or *; read anything else with pg_query');
}
