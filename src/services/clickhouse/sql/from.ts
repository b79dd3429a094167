import type { Cursor } from './cursor.ts';
import { parseExpr } from './expression.ts';
import { parsePrimary } from './primary.ts';
import { refuse } from './refuse.ts';
import type { From, Join, Source } from './tree.ts';

const STRICTNESS = ['ANY', 'ALL', 'ASOF', 'SEMI', 'ANTI'] as const;
const SIDES = ['INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS'] as const;
const MAX_JOINS = 30;

/** What stands behind FROM, up to the next clause. Throws ToolError('query_refused'). */
export function parseFrom(cursor: Cursor): From {
  const first = parseSource(cursor);
  const joins: Join[] = [];
  for (let join = parseJoin(cursor); join; join = parseJoin(cursor)) {
    joins.push(join);
    if (joins.length > MAX_JOINS) refuse(`the query joins more than ${MAX_JOINS} times`);
  }
  return { first, joins };
}

function parseJoin(cursor: Cursor): Join | undefined {
  if (cursor.takeSign(','))
    return { global: false, strictness: '', side: 'CROSS', source: parseSource(cursor) };
  if (!startsJoin(cursor)) return undefined;
  const global = cursor.takeWord('GLOBAL');
  const before = cursor.takeOneOf(STRICTNESS);
  const side = cursor.takeOneOf(SIDES) ?? 'INNER';
  const strictness = before ?? cursor.takeOneOf(STRICTNESS) ?? 'ALL';
  cursor.takeWord('OUTER');
  cursor.expectWord('JOIN');
  const source = parseSource(cursor);
  if (side === 'CROSS') return { global, strictness: '', side, source };
  return { global, strictness, side, source, ...parseCondition(cursor) };
}

/** `LEFT ARRAY JOIN` and `ARRAY JOIN` belong to the clause behind. */
const startsJoin = (cursor: Cursor): boolean =>
  ['GLOBAL', 'JOIN', ...STRICTNESS, ...SIDES].some((word) => cursor.isWord(word)) &&
  !cursor.isWord('LEFT', 'ARRAY');

function parseCondition(cursor: Cursor): Pick<Join, 'on' | 'using'> {
  if (cursor.takeWord('ON')) return { on: parseExpr(cursor) };
  cursor.expectWord('USING');
  const bracketed = cursor.takeSign('(');
  const using = cursor.list(() => parsePrimary(cursor));
  if (bracketed) cursor.expectSign(')');
  const odd = using.find(({ kind }) => kind !== 'name');
  if (odd) refuse('USING takes names of columns');
  return { using };
}

function parseSource(cursor: Cursor): Source {
  return cursor.nested(() => {
    if (cursor.takeSign('(')) return parseSubquery(cursor);
    const first = cursor.name('a table');
    if (cursor.isSign('('))
      refuse(
        `${first}(...) is a table function, which could read elsewhere; name tables of ${cursor.database}`,
      );
    const named = cursor.isSign('.') ? undefined : cursor.named.get(first);
    if (named) {
      cursor.grow(named);
      return { kind: 'query', query: named.query, alias: parseAlias(cursor) ?? first };
    }
    return parseTable(cursor, first);
  });
}

function parseSubquery(cursor: Cursor): Source {
  if (!cursor.isWord('SELECT') && !cursor.isWord('WITH')) cursor.fail('SELECT');
  const query = cursor.query();
  cursor.expectSign(')');
  const alias = parseAlias(cursor);
  return { kind: 'query', query, ...(alias === undefined ? {} : { alias }) };
}

function parseTable(cursor: Cursor, first: string): Source {
  const second = cursor.takeSign('.') ? cursor.name('a table') : undefined;
  if (second !== undefined && first !== cursor.database)
    refuse(`${first}.${second} is outside the database ${cursor.database} of the target`);
  const name = second ?? first;
  if (cursor.isSign('.') || cursor.isSign('(')) cursor.fail('an alias or the next clause');
  cursor.mentions.tables.add(name);
  if (second === undefined) cursor.mentions.bare.add(name);
  const alias = parseAlias(cursor);
  const final = cursor.takeWord('FINAL');
  const sample = cursor.takeWord('SAMPLE') ? parseSample(cursor) : undefined;
  return {
    kind: 'table',
    name,
    final,
    ...(alias === undefined ? {} : { alias }),
    ...(sample ? { sample } : {}),
  };
}

const parseAlias = (cursor: Cursor): string | undefined =>
  cursor.takeWord('AS') ? cursor.name('an alias') : cursor.takeName();

function parseSample(cursor: Cursor) {
  const ratio = parseRatio(cursor);
  return cursor.takeWord('OFFSET') ? { ratio, offset: parseRatio(cursor) } : { ratio };
}

function parseRatio(cursor: Cursor): string {
  const number = () => {
    const { kind, value } = cursor.next();
    return kind === 'number' && /^\d+(\.\d+)?$/.test(value) ? value : refuse('SAMPLE takes a number or 1/N');
  };
  const first = number();
  return cursor.takeSign('/') ? `${first}/${number()}` : first;
}
