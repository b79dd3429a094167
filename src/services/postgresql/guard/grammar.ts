/**
 * How the walk treats a field of a node: `leaf` holds no node; `node` and `nodes` hold tagged nodes (`{Tag: {...}}`);
 * `=Tag` holds the fields of a node of that tag, untagged.
 */
export type Shape = 'leaf' | 'node' | 'nodes' | `=${string}`;
export type Fields = Readonly<Record<string, Shape>>;

/** Turns `'leaf: a b; node: c'` into a field table. `location` is everywhere. */
function fields(text: string): Fields {
  const table: Record<string, Shape> = { location: 'leaf' };
  for (const group of text.split(';').filter((one) => one.trim())) {
    const [shape = '', names = ''] = group.split(':').map((one) => one.trim());
    for (const name of names.split(/\s+/)) table[name] = shape as Shape;
  }
  return table;
}

/**
 * Every construct that a guarded query may hold, with every field that the parser may set in it. What is not here
 * is refused, so that a construct of a later parser does not pass unread. Fields that look harmless are left out
 * where nothing ordinary needs them.
 *
 * @see https://github.com/pganalyze/libpg_query/blob/18-latest/protobuf/pg_query.proto
 */
export const EXPRESSIONS: Readonly<Record<string, Fields>> = {
  SelectStmt: fields(
    'nodes: distinctClause targetList fromClause groupClause windowClause valuesLists sortClause;' +
      'node: whereClause havingClause limitOffset limitCount;' +
      'leaf: groupDistinct limitOption op all; =WithClause: withClause; =SelectStmt: larg rarg',
  ),
  WithClause: fields('nodes: ctes; leaf: recursive'),
  CommonTableExpr: fields(
    'leaf: ctename ctematerialized cterecursive cterefcount; nodes: aliascolnames; node: ctequery;' +
      '=CTESearchClause: search_clause; =CTECycleClause: cycle_clause',
  ),
  CTESearchClause: fields('nodes: search_col_list; leaf: search_breadth_first search_seq_column'),
  CTECycleClause: fields(
    'nodes: cycle_col_list; leaf: cycle_mark_column cycle_path_column; node: cycle_mark_value cycle_mark_default',
  ),
  RangeVar: fields('leaf: schemaname relname inh relpersistence; =Alias: alias'),
  RangeSubselect: fields('leaf: lateral; node: subquery; =Alias: alias'),
  RangeFunction: fields('leaf: lateral ordinality is_rowsfrom; nodes: functions coldeflist; =Alias: alias'),
  ColumnDef: fields('leaf: colname is_local; =TypeName: typeName; =CollateClause: collClause'),
  JoinExpr: fields(
    'leaf: jointype isNatural rtindex; node: larg rarg quals; nodes: usingClause; =Alias: join_using_alias alias',
  ),
  Alias: fields('leaf: aliasname; nodes: colnames'),
  ResTarget: fields('leaf: name; node: val'),
  ColumnRef: fields('nodes: fields'),
  A_Star: fields(''),
  A_Const: fields('leaf: ival fval boolval sval bsval isnull'),
  String: fields('leaf: sval'),
  Integer: fields('leaf: ival'),
  List: fields('nodes: items'),
  ParamRef: fields('leaf: number'),
  A_Expr: fields('leaf: kind rexpr_list_start rexpr_list_end; nodes: name; node: lexpr rexpr'),
  A_Indirection: fields('node: arg; nodes: indirection'),
  A_Indices: fields('leaf: is_slice; node: lidx uidx'),
  A_ArrayExpr: fields('nodes: elements; leaf: list_start list_end'),
  RowExpr: fields('nodes: args; leaf: row_format'),
  BoolExpr: fields('leaf: boolop; nodes: args'),
  NullTest: fields('node: arg; leaf: nulltesttype argisrow'),
  BooleanTest: fields('node: arg; leaf: booltesttype'),
  CaseExpr: fields('node: arg defresult; nodes: args'),
  CaseWhen: fields('node: expr result'),
  CoalesceExpr: fields('nodes: args'),
  MinMaxExpr: fields('leaf: op; nodes: args'),
  SubLink: fields('leaf: subLinkType; node: testexpr subselect; nodes: operName'),
  TypeCast: fields('node: arg; =TypeName: typeName'),
  TypeName: fields('nodes: names typmods arrayBounds; leaf: typemod'),
  CollateClause: fields('node: arg; nodes: collname'),
  SQLValueFunction: fields('leaf: op typmod'),
  FuncCall: fields(
    'nodes: funcname args agg_order; node: agg_filter; =WindowDef: over;' +
      'leaf: agg_within_group agg_star agg_distinct func_variadic funcformat',
  ),
  NamedArgExpr: fields('leaf: name argnumber; node: arg'),
  WindowDef: fields(
    'leaf: name refname frameOptions; nodes: partitionClause orderClause; node: startOffset endOffset',
  ),
  SortBy: fields('node: node; nodes: useOp; leaf: sortby_dir sortby_nulls'),
  GroupingSet: fields('leaf: kind; nodes: content'),
  GroupingFunc: fields('nodes: args'),
  JsonObjectConstructor: fields('nodes: exprs; =JsonOutput: output; leaf: absent_on_null unique'),
  JsonArrayConstructor: fields('nodes: exprs; =JsonOutput: output; leaf: absent_on_null'),
  JsonObjectAgg: fields('=JsonAggConstructor: constructor; =JsonKeyValue: arg; leaf: absent_on_null unique'),
  JsonArrayAgg: fields('=JsonAggConstructor: constructor; =JsonValueExpr: arg; leaf: absent_on_null'),
  JsonAggConstructor: fields('=JsonOutput: output; node: agg_filter; nodes: agg_order; =WindowDef: over'),
  JsonKeyValue: fields('node: key; =JsonValueExpr: value'),
  JsonValueExpr: fields('node: raw_expr; =JsonFormat: format'),
  JsonFormat: fields('leaf: format_type encoding'),
  JsonOutput: fields('=TypeName: typeName; =JsonReturning: returning'),
  JsonReturning: fields('=JsonFormat: format'),
  JsonIsPredicate: fields('node: expr; =JsonFormat: format; leaf: item_type unique_keys'),
};

/** What a statement may be, besides a SELECT or VALUES. */
export const STATEMENTS: Readonly<Record<string, Fields>> = {
  ExplainStmt: fields('node: query; nodes: options'),
  DefElem: fields('leaf: defname defaction; node: arg'),
  VariableShowStmt: fields('leaf: name'),
};

/** Plain words for what people try most. Everything else is named by its tag alone. */
export const REASONS: Readonly<Record<string, string>> = {
  InsertStmt: 'INSERT writes',
  UpdateStmt: 'UPDATE writes',
  DeleteStmt: 'DELETE writes',
  MergeStmt: 'MERGE writes',
  CopyStmt: 'COPY reads and writes files and programs',
  TransactionStmt: 'the transaction belongs to Stackward',
  VariableSetStmt: 'the session’s settings belong to Stackward',
  CallStmt: 'CALL runs a procedure',
  DoStmt: 'DO runs code',
  LockStmt: 'LOCK locks tables',
  'SelectStmt.intoClause': 'SELECT INTO makes a table',
  'SelectStmt.lockingClause': 'FOR UPDATE and FOR SHARE lock rows',
  'RangeVar.catalogname': 'a table is named as schema.table, without a database',
  'TypeName.pct_type': 'name a type, not %TYPE',
};
