import type { InsertStmt, Node, RangeVar, SelectStmt } from 'libpg-query';

const NULL: Node = { A_Const: { isnull: true } };

/**
 * Everything that a write evaluates (assignments, values, WHERE, the SELECT of an INSERT) as SELECT trees, so that
 * the reading guard judges a write's expressions by the very rules by which it judges a query's.
 */
export function readingHalf(stmt: Node): readonly Node[] {
  if ('UpdateStmt' in stmt) {
    const { relation, targetList = [], whereClause } = stmt.UpdateStmt;
    return [select(relation, targetList.flatMap(assignedExpressions), whereClause)];
  }
  if ('DeleteStmt' in stmt) return [select(stmt.DeleteStmt.relation, [], stmt.DeleteStmt.whereClause)];
  if ('InsertStmt' in stmt) return insertReads(stmt.InsertStmt);
  return [];
}

function insertReads({ relation, cols = [], selectStmt }: InsertStmt): readonly Node[] {
  const target = select(relation, cols.flatMap(subscripts), undefined);
  if (!selectStmt || !('SelectStmt' in selectStmt)) return [target];
  const { valuesLists } = selectStmt.SelectStmt;
  const source = valuesLists
    ? { SelectStmt: { ...selectStmt.SelectStmt, valuesLists: valuesLists.map(valuesOf) } }
    : selectStmt;
  return [target, source];
}

function select(relation: RangeVar | undefined, expressions: readonly Node[], where: Node | undefined): Node {
  const targets = [NULL, ...expressions].map((val): Node => ({ ResTarget: { val } }));
  const statement: SelectStmt = {
    targetList: targets,
    // DELETE leaves `inh` as it was written; a SELECT tree is the same in that.
    ...(relation && { fromClause: [{ RangeVar: relation }] }),
    ...(where && { whereClause: where }),
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  };
  return { SelectStmt: statement };
}

function assignedExpressions(node: Node): readonly Node[] {
  if (!('ResTarget' in node)) return [node];
  const { val } = node.ResTarget;
  const inner = subscripts(node);
  if (!val) return inner;
  if (!('MultiAssignRef' in val)) return [...inner, withoutDefault(val)];
  const { source, colno } = val.MultiAssignRef;
  // Each column of `(a, b) = ...` carries the same source; one of them is enough.
  if (colno !== 1 || !source) return inner;
  if (!('RowExpr' in source)) return [...inner, source];
  return [...inner, ...(source.RowExpr.args ?? []).map(withoutDefault)];
}

/** Expressions between brackets of a target such as `tags[1 + 1]`. */
function subscripts(node: Node): readonly Node[] {
  if (!('ResTarget' in node)) return [];
  return (node.ResTarget.indirection ?? []).flatMap((part) => {
    if ('String' in part) return [];
    if (!('A_Indices' in part)) return [part];
    return [part.A_Indices.lidx, part.A_Indices.uidx].filter((one) => one !== undefined);
  });
}

function valuesOf(node: Node): Node {
  if (!('List' in node)) return node;
  return { List: { ...node.List, items: (node.List.items ?? []).map(withoutDefault) } };
}

/** DEFAULT is not an expression of the caller: the table's owner wrote what it stands for. */
const withoutDefault = (node: Node): Node => ('SetToDefault' in node ? NULL : node);
