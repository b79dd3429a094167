import type { Node } from 'libpg-query';
import { refuse } from './refuse.ts';

/** Longest statement, in bytes of UTF-8. */
export const MAX_SQL_BYTES = 64 * 1024;
/**
 * Most tokens of a statement. No token adds more than one level to the tree, and the parser, whose stack is not
 * ours to grow, was seen to survive twice as many; past that it can end up in an endless loop.
 */
const MAX_TOKENS = 4000;

/** The parser's time grows with the square of the comments within comments: some thousand held it for seconds. */
const MAX_COMMENTS = 100;

const NOTHING = 'There is no statement; send one SELECT, VALUES, SHOW or EXPLAIN.';

/**
 * Parses the text of exactly one statement with PostgreSQL's own parser, which is loaded on first use.
 *
 * @returns the statement's tree
 * @throws ToolError('query_refused') for anything but one statement of at most {@link MAX_SQL_BYTES}
 */
export async function parseOne(sql: string): Promise<Node> {
  // The parser reads a C string: what follows a NUL would reach the server unseen.
  if (sql.includes('\0')) refuse('The statement holds a NUL character; remove it.');
  if (/\p{Surrogate}/u.test(sql)) refuse('The statement is not well-formed Unicode.');
  const bytes = Buffer.byteLength(sql);
  if (bytes > MAX_SQL_BYTES)
    refuse(`The statement has ${bytes} bytes; at most ${MAX_SQL_BYTES} are accepted.`);
  if (sql.trim() === '') refuse(NOTHING);
  if (sql.split('/*').length > MAX_COMMENTS)
    refuse(`The statement holds /* more than ${MAX_COMMENTS - 1} times; remove its comments.`);
  const parser = await import('libpg-query');
  await parser.loadModule();
  if (sql.length > MAX_TOKENS) await limitTokens(sql, parser);
  const { stmts = [] } = await parser.parse(sql).catch((error: unknown) => {
    const words = error instanceof Error && error.name === 'SqlError' ? error.message : 'it is too deep';
    return refuse(`The statement does not parse: ${words}.`);
  });
  const [first, ...others] = stmts;
  if (!first?.stmt) refuse(NOTHING);
  if (others.length > 0) refuse(`There are ${stmts.length} statements; send exactly one.`);
  return first.stmt;
}

async function limitTokens(sql: string, parser: typeof import('libpg-query')): Promise<void> {
  const { tokens } = await parser.scan(sql).catch(() => refuse('The statement cannot be read as SQL.'));
  if (tokens.length > MAX_TOKENS)
    refuse(
      `The statement has ${tokens.length} words and signs; at most ${MAX_TOKENS} are accepted. Pass long lists as one parameter, such as = any($1::int[]) with '{1,2,3}'.`,
    );
}
