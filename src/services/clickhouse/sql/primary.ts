import type { Cursor } from './cursor.ts';
import { parseExpr } from './expression.ts';
import { spellingOf } from './functions.ts';
import { refuse } from './refuse.ts';
import { tokenize } from './token.ts';
import type { Expr } from './tree.ts';
import { parseType } from './type-name.ts';

const UNITS = ['SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'] as const;

/** A value with what is picked out of it: `tags[1]`, `pair.2`, `x::Date`. */
export function parsePrimary(cursor: Cursor): Expr {
  return cursor.nested(() => {
    let value = parseAtom(cursor);
    for (let links = 0; ; links += 1) {
      if (links > 20) refuse('too many picks in a row');
      if (cursor.takeSign('[')) {
        value = { kind: 'element', of: value, at: parseExpr(cursor) };
        cursor.expectSign(']');
      } else if (cursor.isSign('.') && cursor.peek(1).kind === 'number') {
        cursor.next();
        value = { kind: 'place', of: value, at: cursor.next().value };
      } else if (cursor.takeSign('::')) value = { kind: 'cast', value, type: parseType(cursor) };
      else return value;
    }
  });
}

function parseAtom(cursor: Cursor): Expr {
  const { kind, value } = cursor.peek();
  if (kind === 'number') {
    cursor.next();
    return { kind: 'number', text: value };
  }
  if (kind === 'string') {
    cursor.next();
    return { kind: 'string', value };
  }
  if (cursor.takeSign('(')) return parseBrackets(cursor);
  if (cursor.takeSign('[')) return { kind: 'array', items: parseItems(cursor, ']') };
  if (cursor.takeSign('*')) return { kind: 'star', of: [] };
  return parseWord(cursor);
}

function parseBrackets(cursor: Cursor): Expr {
  if (cursor.isWord('SELECT') || cursor.isWord('WITH')) {
    const query = cursor.query();
    cursor.expectSign(')');
    return { kind: 'query', query };
  }
  const items = parseItems(cursor, ')');
  const [first] = items;
  if (!first) refuse('an empty pair of brackets is not a value');
  return items.length === 1 ? first : { kind: 'tuple', items };
}

function parseItems(cursor: Cursor, end: ')' | ']', item = parseExpr): readonly Expr[] {
  if (cursor.takeSign(end)) return [];
  const items = cursor.list(() => item(cursor));
  cursor.expectSign(end);
  return items;
}

function parseWord(cursor: Cursor): Expr {
  if (cursor.takeWord('NULL')) return { kind: 'null' };
  if (cursor.isWord('CASE')) return parseCase(cursor);
  if (cursor.isWord('INTERVAL')) return parseInterval(cursor);
  if (cursor.isWord('CAST') && cursor.isSign('(', 1)) return parseCast(cursor);
  if (cursor.peek().kind === 'word' && cursor.isSign('(', 1)) return parseCall(cursor);
  return parseName(cursor);
}

/** A column, with the table and database that may stand before it, or `t.*`. */
function parseName(cursor: Cursor): Expr {
  const parts = [cursor.name('a value')];
  while (cursor.isSign('.') && cursor.peek(1).kind !== 'number') {
    cursor.next();
    if (cursor.takeSign('*')) return { kind: 'star', of: parts };
    parts.push(cursor.name('a name'));
  }
  // A column may have dots in its name, and a table before and a field behind it, within the quotes or without.
  const pieces = parts.flatMap((part) => part.split('.'));
  if (parts.length > 6 || pieces.length > 20) refuse('a name has too many parts');
  for (let from = 0; from < pieces.length; from += 1)
    for (let to = from + 1; to <= pieces.length; to += 1)
      cursor.mentions.columns.add(pieces.slice(from, to).join('.'));
  return { kind: 'name', parts };
}

function parseCall(cursor: Cursor): Expr {
  const word = cursor.next().value;
  const name = spellingOf(word);
  if (name === undefined)
    refuse(`the function ${word} is not among those that are known to compute from their arguments alone`);
  cursor.expectSign('(');
  const distinct = cursor.takeWord('DISTINCT');
  const args = parseItems(cursor, ')', parseArgument);
  if (!cursor.takeSign('(')) return { kind: 'call', name, distinct, args };
  if (distinct) cursor.fail('the end of the call');
  const inner = cursor.takeWord('DISTINCT');
  return { kind: 'call', name, params: args, distinct: inner, args: parseItems(cursor, ')', parseArgument) };
}

/** An argument may be a function of its own: `x -> x + 1`, `(x, y) -> x + y`. */
function parseArgument(cursor: Cursor): Expr {
  const names = lambdaNames(cursor);
  if (!names) return parseExpr(cursor);
  return { kind: 'lambda', names, body: parseExpr(cursor) };
}

function lambdaNames(cursor: Cursor): readonly string[] | undefined {
  if (cursor.isSign('->', 1)) {
    const name = cursor.name('a name');
    cursor.next();
    return [name];
  }
  if (!isListOfNames(cursor)) return undefined;
  cursor.next();
  const names = cursor.list(() => cursor.name('a name'));
  cursor.expectSign(')');
  cursor.expectSign('->');
  return names;
}

function isListOfNames(cursor: Cursor): boolean {
  let ahead = 1;
  while (cursor.isSign(',', ahead + 1)) ahead += 2;
  return cursor.isSign('(') && cursor.isSign(')', ahead + 1) && cursor.isSign('->', ahead + 2);
}

function parseCase(cursor: Cursor): Expr {
  cursor.expectWord('CASE');
  const value = cursor.isWord('WHEN') ? undefined : parseExpr(cursor);
  const branches: (readonly [Expr, Expr])[] = [];
  while (cursor.takeWord('WHEN')) {
    const when = parseExpr(cursor);
    cursor.expectWord('THEN');
    branches.push([when, parseExpr(cursor)]);
  }
  if (branches.length === 0) cursor.fail('WHEN');
  const otherwise = cursor.takeWord('ELSE') ? parseExpr(cursor) : undefined;
  cursor.expectWord('END');
  return { kind: 'case', branches, ...(value ? { value } : {}), ...(otherwise ? { otherwise } : {}) };
}

function parseInterval(cursor: Cursor): Expr {
  cursor.expectWord('INTERVAL');
  const value = parsePrimary(cursor);
  const unit = UNITS.find((one) => cursor.takeWord(one) || cursor.takeWord(`${one}S`));
  return { kind: 'interval', value, unit: unit ?? cursor.fail('a unit such as HOUR or DAY') };
}

function parseCast(cursor: Cursor): Expr {
  cursor.expectWord('CAST');
  cursor.expectSign('(');
  const value = parseExpr(cursor);
  const type = cursor.takeWord('AS') ? parseType(cursor) : parseTypeText(cursor);
  cursor.expectSign(')');
  return { kind: 'cast', value, type };
}

/** `CAST(x, 'Date')`: the text is a type, and has to be one that is accepted. */
function parseTypeText(cursor: Cursor): string {
  cursor.expectSign(',');
  const { kind, value } = cursor.next();
  if (kind !== 'string') refuse('CAST takes a type, as in CAST(x AS Date)');
  const inner = cursor.over(tokenize(value));
  const type = parseType(inner);
  if (inner.peek().kind !== 'end') inner.fail('the end of the type');
  return type;
}
