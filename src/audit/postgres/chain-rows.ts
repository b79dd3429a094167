import type { Batch } from '../batch.ts';
import { ChainLost, type ChainPosition, type ChainStore } from '../chain-store.ts';
import { serialiseHead } from '../checkpoint.ts';
import type { AuditDatabase } from './replica.ts';
import { within } from './within.ts';

/** A process that hears nothing of the server for this part of the silence stops by itself, before others may take over. */
const SURE = 0.8;
/** For so many milliseconds a confirmed batch stands for a sign of life. */
const CONFIRMED_MS = 200;

/**
 * One statement, so one transaction and one way to the server and back: it moves the head where the chain is still
 * held and ends where this process thinks, and only then adds the records.
 */
const COMMIT = `
  with moved as (
    update audit_chain set seq = $5, head = $6, open_from = $7, beat = clock_timestamp()
    where chain = $1 and fence = $2 and seq = $3 and head = $4
    returning chain
  ), put as (
    insert into audit_record (chain, seq, line)
    select moved.chain, $3 + one.number, one.line
    from moved, unnest(string_to_array($8, E'\\n')) with ordinality as one (line, number)
    returning 1
  )
  select count(*)::int as records from put`;

/** A chain that was just taken hold of. */
export interface HeldChain {
  readonly chain: string;
  /** Names this one holding and no other. */
  readonly holder: string;
  readonly fence: number;
  readonly end: Pick<ChainPosition, 'seq' | 'head'>;
}

/** A chain of PostgreSQL that this process holds under a fencing token. */
export class ChainRows implements ChainStore {
  readonly chain: string;
  readonly #at: AuditDatabase;
  readonly #holder: string;
  #fence: number;
  /** The greatest token that was ever asked for. */
  #asked: number;
  #end: Pick<ChainPosition, 'seq' | 'head'>;
  #flying: Batch | undefined;
  #sign = performance.now();
  #confirmed = Number.NEGATIVE_INFINITY;

  constructor(at: AuditDatabase, { chain, holder, fence, end }: HeldChain) {
    this.#holder = holder;
    this.#asked = fence;
    this.#at = at;
    this.chain = chain;
    this.#fence = fence;
    this.#end = end;
  }

  held(): boolean {
    return performance.now() - this.#sign < this.#at.silentMs * SURE;
  }

  shortage(): undefined {
    return undefined;
  }

  /** Shows a sign of life. Rejects with ChainLost when the chain is somebody else's. */
  async beat(): Promise<void> {
    // A batch that was just confirmed is a sign as good, and a busy chain's row is not waited for twice.
    if (performance.now() - this.#confirmed < CONFIRMED_MS) return;
    const asked = performance.now();
    const rows = await this.#at.database.query(
      'update audit_chain set beat = clock_timestamp() where chain = $1 and holder = $2 returning 1 as held',
      [this.chain, this.#holder],
    );
    if (rows.length === 0) throw new ChainLost(this.chain);
    this.#sign = asked;
  }

  async commit(batch: Batch, openFrom: number, written: () => void): Promise<void> {
    this.#flying = batch;
    const { seq, head } = this.#end;
    const lines = batch.bytes().subarray(0, -1).toString('utf8');
    const asked = performance.now();
    const values = [this.chain, this.#fence, seq, head, batch.lastSeq, batch.lastHash, openFrom, lines];
    const sent = this.#at.database.query<{ records: number }>(COMMIT, values);
    const [row] = await within(this.#at.batchMs, sent);
    if (row?.records !== batch.lastSeq - seq) throw new ChainLost(this.chain);
    this.#sign = asked;
    this.#confirmed = performance.now();
    this.#end = { seq: batch.lastSeq, head: batch.lastHash };
    this.#flying = undefined;
    written();
  }

  /**
   * Takes a new fencing token, which waits for a statement that still runs and shuts out one that has not arrived;
   * what the chain's row says after that is what is. Each try asks for a greater token than the one before, so that
   * one whose answer was lost, or that comes late, does no harm.
   */
  async settle(): Promise<'gone' | 'landed'> {
    this.#asked += 1;
    const fence = this.#asked;
    const [row] = await within(
      this.#at.batchMs,
      this.#at.database.query<{ seq: string; head: string }>(
        `update audit_chain set fence = $3, beat = clock_timestamp()
         where chain = $1 and holder = $2 and fence < $3 returning seq, head`,
        [this.chain, this.#holder, fence],
      ),
    );
    if (!row) throw new ChainLost(this.chain);
    this.#fence = fence;
    this.#sign = performance.now();
    const found = { seq: Number(row.seq), head: row.head };
    const flying = this.#flying;
    this.#flying = undefined;
    if (found.seq === this.#end.seq && found.head === this.#end.head) return 'gone';
    if (found.seq !== flying?.lastSeq || found.head !== flying.lastHash) throw new ChainLost(this.chain);
    this.#end = found;
    return 'landed';
  }

  async keepHead(head: Parameters<ChainStore['keepHead']>[0]): Promise<void> {
    await this.#at.database.query('update audit_chain set sealed = $3 where chain = $1 and fence = $2', [
      this.chain,
      this.#fence,
      serialiseHead(head),
    ]);
  }

  async close(): Promise<void> {
    // Whoever cannot say good-bye counts as dead after the silence.
    await within(
      this.#at.batchMs,
      this.#at.database.query('update audit_chain set holder = null where chain = $1 and holder = $2', [
        this.chain,
        this.#holder,
      ]),
    ).catch(() => {});
  }
}
