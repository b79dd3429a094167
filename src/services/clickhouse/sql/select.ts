import { Cursor, type Mentions } from './cursor.ts';
import { parseExpr } from './expression.ts';
import { parseFrom } from './from.ts';
import { refuse } from './refuse.ts';
import { tokenize } from './token.ts';
import type { Expr, Item, Limit, Order, Query, Select } from './tree.ts';

const MAX_ARMS = 50;

export interface Parsed {
  readonly query: Query;
  readonly mentions: Mentions;
}

/**
 * Parses one SELECT over tables of one database.
 *
 * @throws ToolError('query_refused') for every form that it does not know, and for a table of another database
 */
export function parseSelect(sql: string, database: string): Parsed {
  const cursor = new Cursor(tokenize(sql), database, parseQuery);
  const query = cursor.query();
  if (cursor.peek().kind !== 'end') cursor.fail('the end of the query');
  return { query, mentions: cursor.mentions };
}

function parseQuery(cursor: Cursor): Query {
  const arms: [Select, ...Select[]] = [parseArm(cursor)];
  while (cursor.takeWord('UNION')) {
    cursor.expectWord('ALL');
    arms.push(parseArm(cursor));
    if (arms.length > MAX_ARMS) refuse(`more than ${MAX_ARMS} queries are joined with UNION ALL`);
  }
  return { arms };
}

function parseArm(cursor: Cursor): Select {
  const items = cursor.takeWord('WITH') ? parseWith(cursor) : [];
  if (!cursor.takeWord('SELECT')) cursor.fail('SELECT');
  const distinct = cursor.takeWord('DISTINCT');
  return { with: items, distinct, items: cursor.list(() => parseItem(cursor)), ...parseClauses(cursor) };
}

type Clauses = Omit<Select, 'with' | 'distinct' | 'items'>;

/** The clauses in the order in which the server takes them. */
function parseClauses(cursor: Cursor): Clauses {
  const from = cursor.takeWord('FROM') ? parseFrom(cursor) : undefined;
  const arrayJoin = parseArrayJoin(cursor);
  const prewhere = cursor.takeWord('PREWHERE') ? parseExpr(cursor) : undefined;
  const where = cursor.takeWord('WHERE') ? parseExpr(cursor) : undefined;
  const groupBy = cursor.takeWord('GROUP', 'BY') ? parseGroups(cursor) : [];
  const having = cursor.takeWord('HAVING') ? parseExpr(cursor) : undefined;
  const orderBy = cursor.takeWord('ORDER', 'BY') ? cursor.list(() => parseOrder(cursor)) : [];
  return {
    ...(from ? { from } : {}),
    ...(arrayJoin ? { arrayJoin } : {}),
    ...(prewhere ? { prewhere } : {}),
    ...(where ? { where } : {}),
    groupBy,
    ...(having ? { having } : {}),
    orderBy,
    ...parseLimits(cursor),
  };
}

/** `WITH 5 AS x` names a value; `WITH x AS (SELECT ...)` a query, which is put in wherever it is named. */
function parseWith(cursor: Cursor): readonly Item[] {
  return cursor
    .list(() => parseNamedQuery(cursor) ?? parseValueName(cursor))
    .filter((item) => item !== NAMED_QUERY);
}

const NAMED_QUERY: Item = { expr: { kind: 'null' } };

function parseNamedQuery(cursor: Cursor): Item | undefined {
  const isNamed = cursor.isSign('(', 2) && isWordAt(cursor, 1, 'AS') && isQueryAt(cursor, 3);
  if (!isNamed) return undefined;
  const before = cursor.weight;
  const name = cursor.name('a name');
  cursor.expectWord('AS');
  cursor.expectSign('(');
  const query = cursor.query();
  cursor.expectSign(')');
  cursor.named = new Map([...cursor.named, [name, { query, weight: cursor.weight - before }]]);
  return NAMED_QUERY;
}

const isWordAt = (cursor: Cursor, ahead: number, word: string): boolean =>
  cursor.peek(ahead).kind === 'word' && cursor.peek(ahead).value.toUpperCase() === word;

const isQueryAt = (cursor: Cursor, ahead: number): boolean =>
  isWordAt(cursor, ahead, 'SELECT') || isWordAt(cursor, ahead, 'WITH');

function parseValueName(cursor: Cursor): Item {
  const expr = parseExpr(cursor);
  cursor.expectWord('AS');
  return { expr, alias: parseAlias(cursor) };
}

function parseItem(cursor: Cursor): Item {
  const expr = parseExpr(cursor);
  const alias = cursor.takeWord('AS') ? parseAlias(cursor) : cursor.takeName();
  return alias === undefined ? { expr } : { expr, alias };
}

const parseAlias = (cursor: Cursor): string => cursor.name('an alias');

function parseArrayJoin(cursor: Cursor): Select['arrayJoin'] {
  const left = cursor.takeWord('LEFT', 'ARRAY', 'JOIN');
  if (!left && !cursor.takeWord('ARRAY', 'JOIN')) return undefined;
  return { left, items: cursor.list(() => parseItem(cursor)) };
}

function parseGroups(cursor: Cursor): readonly Expr[] {
  const groups = cursor.list(() => parseExpr(cursor));
  if (cursor.isWord('WITH')) refuse('WITH TOTALS, ROLLUP and CUBE are not accepted; use UNION ALL');
  return groups;
}

function parseOrder(cursor: Cursor): Order {
  const expr = parseExpr(cursor);
  const descending = cursor.takeWord('DESC') || cursor.takeWord('DESCENDING');
  if (!descending) cursor.takeWord('ASC');
  const nulls = cursor.takeWord('NULLS') ? cursor.takeOneOf(['FIRST', 'LAST'] as const) : undefined;
  return { expr, descending, ...(nulls ? { nulls } : {}) };
}

/** `LIMIT 3 BY kind` and then `LIMIT 10, 20` or `LIMIT 20 OFFSET 10`. */
function parseLimits(cursor: Cursor): Pick<Select, 'limitBy' | 'limit'> {
  const first = parseLimit(cursor);
  if (!first || !cursor.takeWord('BY')) return first ? { limit: first } : {};
  const limitBy = { ...first, by: cursor.list(() => parseExpr(cursor)) };
  const limit = parseLimit(cursor);
  return limit ? { limitBy, limit } : { limitBy };
}

function parseLimit(cursor: Cursor): Limit | undefined {
  if (!cursor.takeWord('LIMIT')) return undefined;
  const first = parseCount(cursor);
  if (cursor.takeSign(',')) return { offset: first, count: parseCount(cursor) };
  return { count: first, offset: cursor.takeWord('OFFSET') ? parseCount(cursor) : 0 };
}

function parseCount(cursor: Cursor): number {
  const { kind, value } = cursor.next();
  return kind === 'number' && /^\d{1,15}$/.test(value) ? Number(value) : refuse('LIMIT takes whole numbers');
}
