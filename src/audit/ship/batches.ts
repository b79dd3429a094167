import type { AuditBook } from '../audit-book.ts';
import { hashLine } from '../line.ts';
import { type Entry, entryOf } from './entry.ts';
import type { Position } from './positions.ts';

export interface BatchLimits {
  readonly records: number;
  /** Of the body of a request. */
  readonly bytes: number;
  /**
   * From a batch's first record to its last, in milliseconds. Loki takes nothing that is an hour older than the newest
   * of its stream, so a batch that is sent twice must not be longer than that.
   */
  readonly spanMs: number;
}

export const LIMITS: BatchLimits = { records: 500, bytes: 2 ** 20, spanMs: 30 * 60_000 };

/** A chain is not the one that was shipped: its record `seq` is another by now, or gone. */
export class OtherChain extends Error {
  constructor(chain: string, seq: number) {
    super(
      `audit chain ${chain} is not the one that was shipped up to record ${seq}; run stackward audit verify, and compare with what Loki holds`,
    );
    this.name = 'OtherChain';
  }
}

export interface Unshipped {
  readonly book: AuditBook;
  readonly chain: string;
  /** The last record that is shipped. */
  readonly after: Position | undefined;
  readonly limits: BatchLimits;
  /** Hears of lines between records that are no records. */
  onDamaged(afterSeq: number): void;
}

/** What of a chain is not shipped yet, in batches. Throws OtherChain where it does not go on from what is. */
export async function* batchesOf(unshipped: Unshipped): AsyncGenerator<readonly Entry[]> {
  const { book, chain, after, limits, onDamaged } = unshipped;
  const batch = new Gathering(limits);
  let seq = after?.seq ?? 0;
  let isJoined = after === undefined;
  let isDamaged = false;
  for await (const lines of book.lines(chain, { fromSeq: Math.max(1, seq) })) {
    for (const { bytes, complete } of lines) {
      const entry = complete ? entryOf(bytes) : undefined;
      isDamaged ||= !entry && isJoined;
      if (!entry || (isJoined && entry.seq <= seq) || entry.seq < seq) continue;
      if (!isJoined) {
        if (entry.seq !== seq || hashLine(bytes) !== after?.hash) throw new OtherChain(chain, seq);
        isJoined = true;
        continue;
      }
      // A torn tail is no damage: no record follows it.
      if (isDamaged) onDamaged(seq);
      isDamaged = false;
      seq = entry.seq;
      const full = batch.add(entry);
      if (full) yield full;
    }
  }
  if (!isJoined) throw new OtherChain(chain, seq);
  const rest = batch.take();
  if (rest.length > 0) yield rest;
}

class Gathering {
  readonly #limits: BatchLimits;
  #entries: Entry[] = [];
  #bytes = 0;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  /** The batch that was gathered before, once the entry no longer fits into it. */
  add(entry: Entry): readonly Entry[] | undefined {
    const bytes = Buffer.byteLength(entry.value) + 1;
    const { records, bytes: most, spanMs } = this.#limits;
    const first = this.#entries[0];
    const isFull =
      first !== undefined &&
      (this.#entries.length >= records || this.#bytes + bytes > most || entry.time - first.time > spanMs);
    const full = isFull ? this.take() : undefined;
    this.#entries.push(entry);
    this.#bytes += bytes;
    return full;
  }

  take(): readonly Entry[] {
    const entries = this.#entries;
    this.#entries = [];
    this.#bytes = 0;
    return entries;
  }
}
