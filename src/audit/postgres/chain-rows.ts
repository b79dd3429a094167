import type { Batch } from '../batch.ts';
import { ChainLost, type ChainPosition, type ChainStore } from '../chain-store.ts';
import { serialiseHead } from '../checkpoint.ts';
import type { AuditDatabase } from './replica.ts';
import { within } from './within.ts';

/** A process that hears nothing of the server for this part of the silence stops by itself, before others may take over. */
const SURE = 0.8;

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

/** A chain of PostgreSQL that this process holds under a fencing token. */
export class ChainRows implements ChainStore {
  readonly chain: string;
  readonly #at: AuditDatabase;
  #fence: string;
  #end: Pick<ChainPosition, 'seq' | 'head'>;
  #flying: Batch | undefined;
  #sign = performance.now();

  constructor(at: AuditDatabase, chain: string, fence: string, end: Pick<ChainPosition, 'seq' | 'head'>) {
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
    const asked = performance.now();
    const rows = await this.#at.database.query(
      'update audit_chain set beat = clock_timestamp() where chain = $1 and fence = $2 returning 1 as held',
      [this.chain, this.#fence],
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
    this.#end = { seq: batch.lastSeq, head: batch.lastHash };
    this.#flying = undefined;
    written();
  }

  /**
   * Takes a new fencing token, which waits for a statement that still runs and shuts out one that has not arrived;
   * what the chain's row says after that is what is.
   */
  async settle(): Promise<'gone' | 'landed'> {
    const [row] = await within(
      this.#at.batchMs,
      this.#at.database.query<{ fence: string; seq: string; head: string }>(
        `update audit_chain set fence = fence + 1, beat = clock_timestamp() where chain = $1 and fence = $2
         returning fence, seq, head`,
        [this.chain, this.#fence],
      ),
    );
    if (!row) throw new ChainLost(this.chain);
    this.#fence = row.fence;
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
      this.#at.database.query('update audit_chain set holder = null where chain = $1 and fence = $2', [
        this.chain,
        this.#fence,
      ]),
    ).catch(() => {});
  }
}
