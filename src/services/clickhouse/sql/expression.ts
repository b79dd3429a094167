import type { Cursor } from './cursor.ts';
import { parsePrimary } from './primary.ts';
import { refuse } from './refuse.ts';
import type { Expr, Infix, Query } from './tree.ts';

/*
 * Operators from the loosest to the tightest, as ClickHouse binds them. The printer puts brackets around each, so the
 * server has nothing left to decide.
 */

/** One expression. Throws ToolError('query_refused'). */
export function parseExpr(cursor: Cursor): Expr {
  return cursor.nested(() => {
    const condition = parseOr(cursor);
    if (!cursor.takeSign('?')) return condition;
    const yes = parseExpr(cursor);
    cursor.expectSign(':');
    return { kind: 'call', name: 'if', distinct: false, args: [condition, yes, parseExpr(cursor)] };
  });
}

const parseOr = (cursor: Cursor): Expr => chain(cursor, 'OR', parseAnd);
const parseAnd = (cursor: Cursor): Expr => chain(cursor, 'AND', parseNot);

function chain(cursor: Cursor, sign: 'AND' | 'OR', part: (cursor: Cursor) => Expr): Expr {
  const values = [part(cursor)];
  while (cursor.takeWord(sign)) values.push(part(cursor));
  const [only] = values;
  return only && values.length === 1 ? only : { kind: 'infix', sign, values };
}

function parseNot(cursor: Cursor): Expr {
  // not(x) is a function, and binds as one.
  if (!cursor.isWord('NOT')) return parseComparison(cursor);
  cursor.next();
  return cursor.nested(() => ({ kind: 'prefix', sign: 'NOT', value: parseNot(cursor) }));
}

const COMPARISONS: Readonly<Record<string, Infix>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

function parseComparison(cursor: Cursor): Expr {
  let value = parseJoined(cursor);
  for (;;) {
    const next = parseRest(cursor, value);
    if (!next) return value;
    value = next;
  }
}

/** What may follow a value at this place, or undefined where nothing does. */
function parseRest(cursor: Cursor, value: Expr): Expr | undefined {
  const { kind, value: sign } = cursor.peek();
  const comparison = kind === 'sign' && Object.hasOwn(COMPARISONS, sign) ? COMPARISONS[sign] : undefined;
  if (comparison) {
    cursor.next();
    return { kind: 'infix', sign: comparison, values: [value, parseJoined(cursor)] };
  }
  if (cursor.takeWord('IS', 'NULL')) return { kind: 'is-null', not: false, value };
  if (cursor.takeWord('IS', 'NOT', 'NULL')) return { kind: 'is-null', not: true, value };
  const global = cursor.takeWord('GLOBAL');
  const not = cursor.takeWord('NOT');
  if (cursor.takeWord('IN')) return { kind: 'in', not, global, value, set: parseSet(cursor) };
  if (global) cursor.fail('IN');
  const like = cursor.takeOneOf(['LIKE', 'ILIKE'] as const);
  if (like) return { kind: 'infix', sign: not ? `NOT ${like}` : like, values: [value, parseJoined(cursor)] };
  if (cursor.takeWord('BETWEEN')) return parseBetween(cursor, value, not);
  if (not) cursor.fail('IN, LIKE or BETWEEN');
  return undefined;
}

function parseBetween(cursor: Cursor, value: Expr, not: boolean): Expr {
  const low = parseJoined(cursor);
  cursor.expectWord('AND');
  return { kind: 'between', not, values: [value, low, parseJoined(cursor)] };
}

/**
 * What stands at the right of IN. A name there would be read as a table's, brackets around it or not, so only a
 * query and values are taken.
 */
function parseSet(cursor: Cursor): readonly Expr[] | Query {
  const set = parsePrimary(cursor);
  if (set.kind === 'query') return set.query;
  // What stands in brackets is one value or a tuple of them.
  const values = set.kind === 'tuple' || set.kind === 'array' ? set.items : [set];
  for (const value of values) mustBeValue(value);
  return values;
}

function mustBeValue(value: Expr): void {
  if (value.kind === 'name')
    refuse(
      `IN ${value.parts.join('.')} could name a table; write IN (SELECT ... FROM ${value.parts.join('.')}) or the values`,
    );
  if (value.kind === 'tuple' || value.kind === 'array') for (const item of value.items) mustBeValue(item);
}

const parseJoined = (cursor: Cursor): Expr => series(cursor, ['||'], parseSum);
const parseSum = (cursor: Cursor): Expr => series(cursor, ['+', '-'], parseProduct);
const parseProduct = (cursor: Cursor): Expr => series(cursor, ['*', '/', '%'], parseMinus);

function series(cursor: Cursor, signs: readonly Infix[], part: (cursor: Cursor) => Expr): Expr {
  let value = part(cursor);
  for (let links = 0; ; links += 1) {
    const sign = signs.find((one) => cursor.takeSign(one));
    if (!sign) return value;
    if (links > MOST_LINKS)
      refuse(`more than ${MOST_LINKS} signs in a row; use a function of many arguments`);
    value = { kind: 'infix', sign, values: [value, part(cursor)] };
  }
}

/** Each link is a level of nesting for the server. */
const MOST_LINKS = 200;

function parseMinus(cursor: Cursor): Expr {
  if (!cursor.takeSign('-')) return parsePrimary(cursor);
  return cursor.nested(() => ({ kind: 'prefix', sign: '-', value: parseMinus(cursor) }));
}
