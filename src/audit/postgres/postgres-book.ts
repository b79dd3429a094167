import type { AuditBook, NewsReader } from '../audit-book.ts';
import { serialiseBlock } from '../blocks/block.ts';
import { parseHead } from '../checkpoint.ts';
import type { PublishedKeys } from '../keys.ts';
import type { ScannedLine } from '../scan-lines.ts';
import { readPages, readRange } from './pages.ts';
import { chainNames } from './postgres-chains.ts';
import { type AuditDatabase, SILENT_MS } from './replica.ts';
import { TableBlocks } from './table-blocks.ts';

const CHECKPOINTS = 1_000;

/** Opens the audit of a PostgreSQL for reading; `publicKeys` are those that replicas signed with. */
export function openPostgresBook(
  at: Pick<AuditDatabase, 'database'> & Partial<AuditDatabase>,
  publicKeys: () => Promise<PublishedKeys>,
): AuditBook {
  const { database, silentMs = SILENT_MS } = at;
  const blocks = new TableBlocks(database);
  const chainRow = async <Row extends object>(columns: string, chain: string, values: unknown[] = []) =>
    (await database.query<Row>(`select ${columns} from audit_chain where chain = $1`, [chain, ...values]))[0];
  return {
    chains: () => chainNames(at),
    lines: (chain, options) => readPages(at, chain, options),
    linesOf: (chain, { first, last }) => readRange(at, chain, first, last),
    async parts(chain) {
      const row = await chainRow<{ seq: string }>('seq', chain);
      const lines = () => readPages(at, chain, {});
      return [{ name: 'audit_record', firstSeq: 1, size: Number(row?.seq ?? 0), lines }];
    },
    sizeOf: () => 1,
    headName: 'audit_chain.sealed',
    async head(chain) {
      const row = await chainRow<{ sealed: string | null }>('sealed', chain);
      return typeof row?.sealed === 'string' ? parseHead(row.sealed) : undefined;
    },
    async isLive(chain) {
      const row = await chainRow<{ live: boolean }>(
        `holder is not null and beat >= clock_timestamp() - $2 * interval '1 millisecond' as live`,
        chain,
        [silentMs],
      );
      return row?.live ?? false;
    },
    publicKeys,
    checkpoints: () => readCheckpoints(at),
    news: () => new TableNews(at),
    blocks: (chain) => blocks.newestFirst(chain),
    async keepBlock(chain, block) {
      const { summary, grams } = serialiseBlock(block);
      await database.query(
        'insert into audit_block (chain, first, last, summary, grams) values ($1, $2, $3, $4, $5) on conflict do nothing',
        [chain, block.first, block.last, summary, grams],
      );
    },
  };
}

async function* readCheckpoints({
  database,
}: Pick<AuditDatabase, 'database'>): AsyncGenerator<readonly ScannedLine[]> {
  for (let from = 0; ; ) {
    const rows = await database.query<{ number: string; line: string }>(
      'select number, line from audit_checkpoint where number > $1 order by number limit $2',
      [from, CHECKPOINTS],
    );
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(({ line }) => ({ bytes: Buffer.from(line), offset: 0, complete: true }));
    from = Number(last.number);
  }
}

class TableNews implements NewsReader {
  readonly #at: Pick<AuditDatabase, 'database'>;
  readonly #read = new Map<string, number>();

  constructor(at: Pick<AuditDatabase, 'database'>) {
    this.#at = at;
  }

  async skipToEnd(): Promise<void> {
    for (const [chain, seq] of await this.#ends()) this.#read.set(chain, seq);
  }

  async *news(): AsyncGenerator<{ readonly chain: string; readonly lines: readonly ScannedLine[] }> {
    for (const [chain, seq] of await this.#ends()) {
      const from = this.#read.get(chain) ?? 0;
      if (seq <= from) continue;
      for await (const lines of readPages(this.#at, chain, { fromSeq: from + 1 })) {
        this.#read.set(chain, lines.at(-1)?.seq ?? from);
        yield { chain, lines };
      }
    }
  }

  async #ends(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#at.database.query<{ chain: string; seq: string }>(
      'select chain, seq from audit_chain order by length(chain), chain',
    );
    return new Map(rows.map(({ chain, seq }) => [chain, Number(seq)]));
  }
}
