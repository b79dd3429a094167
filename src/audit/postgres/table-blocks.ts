import type { Statements } from '../../store/postgres/database.ts';
import { type Block, parseBlock } from '../blocks/block.ts';

const PAGE = 500;
/** As many of a chain are kept in memory: those of two million records, some ten kilobytes each. */
const KEPT = 4_000;

/** Reads the blocks of a table, keeping the newest of each chain: a block never changes once it is there. */
export class TableBlocks {
  readonly #database: Statements;
  /** Newest first. */
  readonly #kept = new Map<string, readonly Block[]>();

  constructor(database: Statements) {
    this.#database = database;
  }

  async *newestFirst(chain: string): AsyncGenerator<Block> {
    const kept = await this.#newest(chain);
    yield* kept;
    for (let oldest = kept.at(-1); oldest && oldest.first > 1; ) {
      const page = await this.#page(chain, 0, oldest.first);
      const last = page.at(-1);
      const known = this.#kept.get(chain) ?? [];
      if (known.length < KEPT && known.at(-1) === oldest) this.#kept.set(chain, [...known, ...page]);
      yield* page;
      oldest = last;
    }
  }

  /** The blocks that are kept, with those that came since before them. */
  async #newest(chain: string): Promise<readonly Block[]> {
    const known = this.#kept.get(chain) ?? [];
    const newer = await this.#page(chain, known[0]?.first ?? 0, Number.MAX_SAFE_INTEGER);
    // Where more came than a page holds, what is kept no longer joins on, and is read again.
    const joins = newer.at(-1)?.first === (known[0]?.last ?? 0) + 1;
    if (newer.length > 0) this.#kept.set(chain, joins ? [...newer, ...known].slice(0, KEPT) : newer);
    return this.#kept.get(chain) ?? [];
  }

  async #page(chain: string, above: number, below: number): Promise<readonly Block[]> {
    const rows = await this.#database.query<{ summary: string; grams: string }>(
      `select summary, grams from audit_block where chain = $1 and first > $2 and first < $3
       order by first desc limit ${PAGE}`,
      [chain, above, below],
    );
    return rows
      .map(({ summary, grams }) => parseBlock(summary, grams))
      .filter((block) => block !== undefined);
  }
}
