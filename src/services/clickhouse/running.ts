import { ToolError } from '../../toolset/errors.ts';
import { type ClickHouseTarget, databaseOf, reaches } from './scope.ts';
import { printQuery } from './sql/print.ts';
import { quoteName } from './sql/quote.ts';
import { parseSelect } from './sql/select.ts';
import { type Token, tokenize } from './sql/token.ts';

/**
 * What somebody's running query does, if all of it is within the target: its text anew with `?` for every value.
 *
 * @param current the query's own database; undefined where the server does not tell
 * @returns undefined for a query that reaches further, or that cannot be judged
 */
export function shownWithin(
  text: string,
  target: ClickHouseTarget,
  current: string | undefined,
): string | undefined {
  try {
    const tokens = tokenize(text);
    return insertInto(tokens, target, current) ?? selectWithin(withoutFormat(text, tokens), target, current);
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}

function selectWithin(
  text: string,
  target: ClickHouseTarget,
  current: string | undefined,
): string | undefined {
  const database = databaseOf(target);
  const { query, mentions } = parseSelect(text, database);
  const isWithin =
    mentions.tables.size > 0 &&
    (mentions.bare.size === 0 || current === database) &&
    [...mentions.tables].every((table) => reaches(target, table));
  return isWithin ? printQuery(query, { database, hidesValues: true }) : undefined;
}

/** Clients append the format that they read. */
function withoutFormat(text: string, tokens: readonly Token[]): string {
  const [word, format] = tokens.slice(-3);
  const isFormat = word?.kind === 'word' && /^format$/i.test(word.value) && format?.kind === 'word';
  return isFormat ? text.slice(0, word.at) : text;
}

function insertInto(
  tokens: readonly Token[],
  target: ClickHouseTarget,
  current: string | undefined,
): string | undefined {
  const [insert, into, ...rest] = tokens;
  if (!/^insert$/i.test(insert?.value ?? '') || !/^into$/i.test(into?.value ?? '')) return undefined;
  const [first, dot, second] = /^table$/i.test(rest[0]?.value ?? '') ? rest.slice(1) : rest;
  const isFull = dot?.kind === 'sign' && dot.value === '.';
  const database = isFull ? first?.value : current;
  const table = (isFull ? second?.value : first?.value) ?? '';
  // What is read for it could be anything, so a SELECT behind it is not looked at, nor shown.
  const isWithin = database === databaseOf(target) && reaches(target, table);
  return isWithin ? `INSERT INTO ${quoteName(database)}.${quoteName(table)}` : undefined;
}
