import { quoteName, quoteText } from './quote.ts';
import type { Call, Expr, From, Item, Join, Limit, Order, Query, Select, Source } from './tree.ts';

/** How a tree is printed. */
export interface Style {
  /** Put before the name of every table. */
  readonly database: string;
  /** Show `?` for every value, for readers who may see what a query does and not what it looks for. */
  readonly hidesValues?: true;
}

/**
 * Prints a query from its tree: the only text that is sent. Every name is quoted, every operator in brackets, every
 * table with its database.
 */
export const printQuery = ({ arms }: Query, style: Style): string =>
  arms.map((arm) => printSelect(arm, style)).join(' UNION ALL ');

function printSelect(select: Select, style: Style): string {
  const expr = (one: Expr) => printExpr(one, style);
  const exprs = (all: readonly Expr[]) => all.map(expr).join(', ');
  const items = (all: readonly Item[]) => all.map((item) => printItem(item, style)).join(', ');
  const { arrayJoin, limitBy, limit } = select;
  return [
    select.with.length > 0 && `WITH ${items(select.with)}`,
    `SELECT ${select.distinct ? 'DISTINCT ' : ''}${items(select.items)}`,
    select.from && `FROM ${printFrom(select.from, style)}`,
    arrayJoin && `${arrayJoin.left ? 'LEFT ' : ''}ARRAY JOIN ${items(arrayJoin.items)}`,
    select.prewhere && `PREWHERE ${expr(select.prewhere)}`,
    select.where && `WHERE ${expr(select.where)}`,
    select.groupBy.length > 0 && `GROUP BY ${exprs(select.groupBy)}`,
    select.having && `HAVING ${expr(select.having)}`,
    select.orderBy.length > 0 && `ORDER BY ${select.orderBy.map((one) => printOrder(one, style)).join(', ')}`,
    limitBy && `LIMIT ${printLimit(limitBy)} BY ${exprs(limitBy.by)}`,
    limit && `LIMIT ${printLimit(limit)}`,
  ]
    .filter((clause) => clause)
    .join(' ');
}

const printItem = ({ expr, alias }: Item, style: Style): string =>
  `${printExpr(expr, style)}${printAlias(alias)}`;

const printAlias = (alias: string | undefined): string =>
  alias === undefined ? '' : ` AS ${quoteName(alias)}`;

const printOrder = ({ expr, descending, nulls }: Order, style: Style): string =>
  `${printExpr(expr, style)}${descending ? ' DESC' : ''}${nulls ? ` NULLS ${nulls}` : ''}`;

const printLimit = ({ count, offset }: Limit): string => (offset > 0 ? `${offset}, ${count}` : `${count}`);

const printFrom = ({ first, joins }: From, style: Style): string =>
  [printSource(first, style), ...joins.map((join) => printJoin(join, style))].join(' ');

function printJoin({ global, strictness, side, source, on, using }: Join, style: Style): string {
  const head = [global && 'GLOBAL', strictness, side, 'JOIN'].filter((word) => word).join(' ');
  const condition = on
    ? ` ON ${printExpr(on, style)}`
    : using && ` USING (${using.map((one) => printExpr(one, style)).join(', ')})`;
  return `${head} ${printSource(source, style)}${condition ?? ''}`;
}

function printSource(source: Source, style: Style): string {
  if (source.kind === 'query') return `(${printQuery(source.query, style)})${printAlias(source.alias)}`;
  const { name, alias, final, sample } = source;
  const sampled = sample
    ? ` SAMPLE ${sample.ratio}${sample.offset === undefined ? '' : ` OFFSET ${sample.offset}`}`
    : '';
  return `${quoteName(style.database)}.${quoteName(name)}${printAlias(alias)}${final ? ' FINAL' : ''}${sampled}`;
}

function printExpr(expr: Expr, style: Style): string {
  const one = (inner: Expr) => printExpr(inner, style);
  const all = (inner: readonly Expr[]) => inner.map(one).join(', ');
  switch (expr.kind) {
    case 'number':
      return style.hidesValues ? '?' : expr.text;
    case 'string':
      return style.hidesValues ? '?' : quoteText(expr.value);
    case 'null':
      return 'NULL';
    case 'name':
      return expr.parts.map(quoteName).join('.');
    case 'star':
      return [...expr.of.map(quoteName), '*'].join('.');
    case 'call':
      return printCall(expr, all);
    case 'lambda':
      return `(${expr.names.map(quoteName).join(', ')}) -> ${one(expr.body)}`;
    case 'prefix':
      return `(${expr.sign} ${one(expr.value)})`;
    case 'infix':
      return `(${expr.values.map(one).join(` ${expr.sign} `)})`;
    case 'between': {
      const [value, low, high] = expr.values;
      return `(${one(value)} ${expr.not ? 'NOT ' : ''}BETWEEN ${one(low)} AND ${one(high)})`;
    }
    case 'in': {
      const set = 'arms' in expr.set ? printQuery(expr.set, style) : all(expr.set);
      return `(${one(expr.value)} ${expr.global ? 'GLOBAL ' : ''}${expr.not ? 'NOT ' : ''}IN (${set}))`;
    }
    case 'is-null':
      return `(${one(expr.value)} IS ${expr.not ? 'NOT ' : ''}NULL)`;
    case 'case':
      return printCase(expr, one);
    case 'cast':
      return `CAST(${one(expr.value)} AS ${expr.type})`;
    case 'interval':
      return `INTERVAL ${one(expr.value)} ${expr.unit}`;
    case 'array':
      return `[${all(expr.items)}]`;
    case 'tuple':
      return `(${all(expr.items)})`;
    case 'element':
      return `arrayElement(${one(expr.of)}, ${one(expr.at)})`;
    case 'place':
      return `tupleElement(${one(expr.of)}, ${expr.at})`;
    case 'query':
      return `(${printQuery(expr.query, style)})`;
  }
}

function printCall({ name, params, distinct, args }: Call, all: (inner: readonly Expr[]) => string): string {
  const parametric = params ? `(${all(params)})` : '';
  return `${name}${parametric}(${distinct ? 'DISTINCT ' : ''}${all(args)})`;
}

function printCase(expr: Extract<Expr, { kind: 'case' }>, one: (inner: Expr) => string): string {
  const branches = expr.branches.map(([when, then]) => `WHEN ${one(when)} THEN ${one(then)}`);
  return [
    'CASE',
    ...(expr.value ? [one(expr.value)] : []),
    ...branches,
    ...(expr.otherwise ? [`ELSE ${one(expr.otherwise)}`] : []),
    'END',
  ].join(' ');
}
