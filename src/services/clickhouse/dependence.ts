import { refuse } from './sql/refuse.ts';
import { type Token, tokenize } from './sql/token.ts';

/** Engines that hold their rows themselves. Every other reads elsewhere, or takes what it reads away. */
const HOLDS_ROWS =
  /^(?:(?:Replicated|Shared)?(?:Replacing|Summing|Aggregating|Collapsing|VersionedCollapsing|Graphite|Coalescing)?MergeTree|(?:Tiny|Stripe)?Log|Memory)$/;

export const holdsRows = (engine: string): boolean => HOLDS_ROWS.test(engine);

/** What a table without rows of its own reads: a query, a table of some database, or a table that is its own. */
export interface Dependence {
  readonly query?: string;
  readonly database?: string;
  readonly table?: string;
}

/**
 * Where a view, or an engine that passes reads on, leads. `definition` is the CREATE statement as the server prints
 * it.
 *
 * @returns undefined for an engine that reads elsewhere
 * @throws ToolError('query_refused') for a definition that cannot be understood
 */
export function dependenceOf(engine: string, definition: string): Dependence | undefined {
  const tokens = tokenize(definition);
  if (engine === 'View') return { query: queryOf(definition, tokens) };
  if (engine === 'MaterializedView') return destinationOf(tokens);
  // Distributed(cluster, database, table ...): the same table of each shard. Buffer(database, table ...).
  if (engine === 'Distributed') return argumentsOf(engine, tokens, 1);
  if (engine === 'Buffer') return argumentsOf(engine, tokens, 0);
  return undefined;
}

/** The text behind the outermost AS. */
function queryOf(definition: string, tokens: readonly Token[]): string {
  let depth = 0;
  for (const [place, token] of tokens.entries()) {
    if (isSign(token, '(')) depth += 1;
    if (isSign(token, ')')) depth -= 1;
    const next = tokens[place + 1];
    if (depth === 0 && isWord(token, 'AS') && next && (isWord(next, 'SELECT') || isWord(next, 'WITH')))
      return definition.slice(next.at, endOf(tokens, definition));
  }
  return refuse('its definition cannot be understood');
}

/** A comment on the view stands behind its query. */
function endOf(tokens: readonly Token[], definition: string): number {
  const [comment, text] = tokens.slice(-3);
  return comment && isWord(comment, 'COMMENT') && text?.kind === 'string' ? comment.at : definition.length;
}

/** `CREATE MATERIALIZED VIEW a.b [UUID '...'] [TO c.d] ...`; without TO it holds its rows in a table of its own. */
function destinationOf(tokens: readonly Token[]): Dependence {
  const place = tokens.findIndex(
    (token) => isSign(token, '(') || isWord(token, 'TO') || isWord(token, 'ENGINE'),
  );
  const found = tokens[place];
  if (!found) refuse('its definition cannot be understood');
  if (isWord(found, 'TO')) return placeOf(tokens.slice(place + 1));
  if (tokens.some((token) => isWord(token, 'TO'))) refuse('its definition cannot be understood');
  const engine = tokens[tokens.findIndex((token) => isWord(token, 'ENGINE')) + 2]?.value ?? '';
  return holdsRows(engine) ? {} : refuse(`it holds its rows in the engine ${engine}`);
}

function placeOf([database, dot, table]: readonly Token[]): Dependence {
  if (!database || !dot || !table || !isSign(dot, '.')) refuse('its definition cannot be understood');
  return { database: database.value, table: table.value };
}

function argumentsOf(engine: string, tokens: readonly Token[], skip: number): Dependence {
  const start = tokens.findIndex(
    (token, at) => isWord(token, 'ENGINE') && tokens[at + 2]?.value === engine && isSign(tokens[at + 3], '('),
  );
  if (start < 0) refuse('its definition cannot be understood');
  const list = tokens.slice(start + 4).filter((token) => !isSign(token, ','));
  const [database, table] = list.slice(skip);
  const isName = (token: Token | undefined) =>
    token !== undefined && /^(word|quoted|string)$/.test(token.kind);
  if (!isName(database) || !isName(table)) refuse('its definition cannot be understood');
  return { database: database?.value ?? '', table: table?.value ?? '' };
}

const isSign = (token: Token | undefined, sign: string): boolean =>
  token?.kind === 'sign' && token.value === sign;
const isWord = (token: Token, word: string): boolean =>
  token.kind === 'word' && token.value.toUpperCase() === word;
