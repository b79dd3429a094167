import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditBook } from './audit-book.ts';
import { parseAll, type ReadRecord, readRecords } from './read.ts';

/** The last `count` records of all chains, oldest first. */
export async function tailRecords(book: AuditBook, count: number): Promise<ReadRecord[]> {
  const records: ReadRecord[] = [];
  if (count <= 0) return records;
  for await (const read of readRecords(book, { reverse: true })) {
    records.push(read);
    if (records.length >= count) break;
  }
  return records.reverse();
}

export interface FollowOptions {
  /** Records of the past to begin with. */
  readonly count: number;
  /** Ends the following. */
  readonly signal: AbortSignal;
  /** Milliseconds between two looks. */
  readonly everyMs?: number;
}

/** The last `count` records and then each new one of any chain, also of a chain begun later, until `signal` aborts. */
export async function* followRecords(book: AuditBook, options: FollowOptions): AsyncGenerator<ReadRecord> {
  const reader = book.news();
  await reader.skipToEnd();
  const seen = new Map<string, number>();
  for (const read of await tailRecords(book, options.count)) {
    seen.set(read.chain, read.record.seq);
    yield read;
  }
  while (!options.signal.aborted) {
    for await (const { chain, lines } of reader.news()) {
      for (const read of parseAll(chain, lines)) {
        // What was appended between the look at the ends and the tail was in the tail already.
        if (read.record.seq > (seen.get(chain) ?? 0)) yield read;
        if (options.signal.aborted) return;
      }
    }
    await sleep(options.everyMs ?? 200, undefined, { signal: options.signal }).catch(() => {});
  }
}
