import { refuse } from './refuse.ts';
import type { Token } from './token.ts';
import type { Query } from './tree.ts';

/** Nesting of brackets, subqueries and operators. */
const MAX_DEPTH = 100;
/** A WITH query is put in wherever it is named, so one text could grow without end. */
const MAX_GROWN_TOKENS = 20_000;

/** A WITH query, and how many tokens it stands for. */
export interface Named {
  readonly query: Query;
  readonly weight: number;
}

/** Everything that a query names, gathered while it is parsed. */
export interface Mentions {
  /** Tables of the target's database. */
  readonly tables: Set<string>;
  /** Those of them that were named without their database. */
  readonly bare: Set<string>;
  /** Everything that could be a column's name. */
  readonly columns: Set<string>;
}

/** Words that begin a clause or join, so that none of them is taken for an alias. */
const CLAUSES = new Set(
  `ALL AND ANTI ANY ARRAY AS ASC ASOF BETWEEN BY CASE CROSS DESC DISTINCT ELSE END EXCEPT FINAL FORMAT FROM FULL GLOBAL
   GROUP HAVING ILIKE IN INNER INTERSECT INTERVAL INTO IS JOIN LEFT LIKE LIMIT NOT NULL NULLS OFFSET ON OR ORDER OUTER
   OVER PREWHERE QUALIFY RIGHT SAMPLE SELECT SEMI SETTINGS THEN UNION USING WHEN WHERE WINDOW WITH`.split(
    /\s+/,
  ),
);

/** Walks the tokens of one statement, and keeps what the parser learned of it. */
export class Cursor {
  readonly mentions: Mentions = { tables: new Set(), bare: new Set(), columns: new Set() };
  /** The database of the target, the only one that a table may be in. */
  readonly database: string;
  /** WITH queries that can be named at this place. */
  named: ReadonlyMap<string, Named> = new Map();
  readonly #tokens: readonly Token[];
  readonly #query: (cursor: Cursor) => Query;
  #place = 0;
  #depth = 0;
  #grown = 0;

  constructor(tokens: readonly Token[], database: string, query: (cursor: Cursor) => Query) {
    this.#tokens = tokens;
    this.database = database;
    this.#query = query;
  }

  get place(): number {
    return this.#place;
  }

  /** The token `ahead` of the present one. */
  peek(ahead = 0): Token {
    return this.#tokens[this.#place + ahead] ?? { kind: 'end', value: '', at: 0 };
  }

  next(): Token {
    const token = this.peek();
    this.#place += 1;
    return token;
  }

  isSign(sign: string, ahead = 0): boolean {
    const { kind, value } = this.peek(ahead);
    return kind === 'sign' && value === sign;
  }

  /** Whether the words stand here, unquoted and in any case. */
  isWord(...words: readonly string[]): boolean {
    return words.every((word, ahead) => {
      const { kind, value } = this.peek(ahead);
      return kind === 'word' && value.toUpperCase() === word;
    });
  }

  /** A cursor over other tokens, for a text within the text. */
  over(tokens: readonly Token[]): Cursor {
    return new Cursor(tokens, this.database, this.#query);
  }

  takeSign(sign: string): boolean {
    const found = this.isSign(sign);
    if (found) this.#place += 1;
    return found;
  }

  takeWord(...words: readonly string[]): boolean {
    const found = this.isWord(...words);
    if (found) this.#place += words.length;
    return found;
  }

  /** The first of the words that stands here, taken. */
  takeOneOf<W extends string>(words: readonly W[]): W | undefined {
    return words.find((word) => this.takeWord(word));
  }

  expectSign(sign: string): void {
    if (!this.takeSign(sign)) this.fail(`“${sign}”`);
  }

  expectWord(...words: readonly string[]): void {
    if (!this.takeWord(...words)) this.fail(words.join(' '));
  }

  /** A name, quoted or not. A word that begins a clause has to be quoted to be one. */
  name(what: string): string {
    return this.takeName() ?? this.fail(what);
  }

  takeName(): string | undefined {
    const { kind, value } = this.peek();
    if (kind === 'quoted' && value === '') refuse('a name is empty');
    const isName = kind === 'quoted' || (kind === 'word' && !CLAUSES.has(value.toUpperCase()));
    if (isName) this.#place += 1;
    return isName ? value : undefined;
  }

  /** `a`, `b`, `c` until no comma follows. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.takeSign(',')) items.push(item());
    return items;
  }

  /** Runs `work` one level deeper. */
  nested<T>(work: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) refuse(`the query is nested more than ${MAX_DEPTH} deep`);
    const result = work();
    this.#depth -= 1;
    return result;
  }

  /** A query up to the token that it cannot hold; WITH names of it are not seen after it. */
  query(): Query {
    const outer = this.named;
    const query = this.nested(() => this.#query(this));
    this.named = outer;
    return query;
  }

  /** Puts a WITH query in where it is named. */
  grow({ weight }: Named): void {
    this.#grown += weight;
    if (this.#grown > MAX_GROWN_TOKENS) refuse('WITH queries name each other too often');
  }

  /** Tokens that were read or put in so far. */
  get weight(): number {
    return this.#place + this.#grown;
  }

  fail(expected: string): never {
    const { kind, value, at } = this.peek();
    const found = kind === 'end' ? 'the query ends' : `${JSON.stringify(value.slice(0, 40))} stands`;
    refuse(`${found} at character ${at + 1}, where ${expected} was expected`);
  }
}
