import { isDeepStrictEqual } from 'node:util';
import { type Node, parse, type ScanToken, scan } from 'libpg-query';
import { refuse } from '../guard/refuse.ts';

/** A WHERE condition that can stand in a statement of ours. */
export interface WhereText {
  /** The caller's text, its parameters numbered anew from `$1`. */
  readonly text: string;
  /** For each of those parameters, the number (from 1) that the caller gave it. */
  readonly params: readonly number[];
}

/** What `cutStatement` makes of a statement's text. */
export interface Cut {
  readonly text: string;
  readonly where?: WhereText;
}

/**
 * Cuts the caller's text where its RETURNING and its WHERE begin. Both are reserved words, so that at the depth of
 * no parenthesis they can be nothing else; the pieces are parsed again all the same and must give the caller's tree.
 *
 * @param stmt the tree of `sql`: an UPDATE, DELETE or INSERT without WITH
 * @throws ToolError('query_refused') when the pieces do not give the same tree
 */
export async function cutStatement(sql: string, stmt: Node): Promise<Cut> {
  const bytes = Buffer.from(sql);
  // Token places are counted in bytes, not in JavaScript's characters.
  const slice = (from: ScanToken | undefined, to: ScanToken | undefined) =>
    from && to ? bytes.subarray(from.start, to.end).toString() : '';
  const tokens = topLevel((await scan(sql)).tokens);
  const end = firstOf(tokens, 'returning', tokens.length);
  const body = tokens.slice(0, end);
  const text = slice(body[0], body.at(-1));
  await mustBe(text, withoutReturning(stmt));
  const condition = conditionOf(stmt);
  if (!condition) return { text };
  const whereTokens = body.slice(firstOf(body, 'where', body.length) + 1);
  const where = renumber(bytes, whereTokens);
  await mustBe(`SELECT WHERE (${slice(whereTokens[0], whereTokens.at(-1))})`, selectWhere(condition));
  return { text, where };
}

interface Deep extends ScanToken {
  readonly depth: number;
}

function topLevel(tokens: readonly ScanToken[]): readonly Deep[] {
  let depth = 0;
  const deep: Deep[] = [];
  for (const token of tokens) {
    if (token.tokenName === 'SQL_COMMENT' || token.tokenName === 'C_COMMENT' || token.text === ';') continue;
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    deep.push({ ...token, depth });
  }
  return deep;
}

function firstOf(tokens: readonly Deep[], word: string, otherwise: number): number {
  const at = tokens.findIndex(
    ({ depth, keywordName, text }) =>
      depth === 0 && keywordName === 'RESERVED_KEYWORD' && text.toLowerCase() === word,
  );
  return at === -1 ? otherwise : at;
}

function renumber(bytes: Buffer, tokens: readonly ScanToken[]): WhereText {
  const params: number[] = [];
  let text = '';
  let at = tokens[0]?.start ?? 0;
  for (const token of tokens) {
    text += bytes.subarray(at, token.start).toString();
    at = token.end;
    if (token.tokenName !== 'PARAM') {
      text += bytes.subarray(token.start, token.end).toString();
      continue;
    }
    const number = Number(token.text.slice(1));
    if (!params.includes(number)) params.push(number);
    text += `$${params.indexOf(number) + 1}`;
  }
  return { text, params };
}

async function mustBe(text: string, expected: Node): Promise<void> {
  const { stmts = [] } = await parse(text).catch(() => ({ stmts: [] }));
  const [only, ...others] = stmts;
  if (others.length > 0 || !isDeepStrictEqual(withoutPlaces(only?.stmt), withoutPlaces(expected)))
    refuse('the statement could not be taken apart safely; write it more plainly, without comments inside');
}

const PLACES = new Set(['location', 'rexpr_list_start', 'rexpr_list_end', 'list_start', 'list_end']);

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !PLACES.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutPlaces(inner)]));
}

function withoutReturning(stmt: Node): Node {
  const bare = <T extends { returningClause?: unknown }>({ returningClause: _, ...rest }: T) => rest;
  if ('UpdateStmt' in stmt) return { UpdateStmt: bare(stmt.UpdateStmt) };
  if ('DeleteStmt' in stmt) return { DeleteStmt: bare(stmt.DeleteStmt) };
  if ('InsertStmt' in stmt) return { InsertStmt: bare(stmt.InsertStmt) };
  return stmt;
}

function conditionOf(stmt: Node): Node | undefined {
  if ('UpdateStmt' in stmt) return stmt.UpdateStmt.whereClause;
  if ('DeleteStmt' in stmt) return stmt.DeleteStmt.whereClause;
  return undefined;
}

const selectWhere = (whereClause: Node): Node => ({
  SelectStmt: { whereClause, limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE' },
});
