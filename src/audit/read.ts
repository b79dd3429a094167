import type { AuditBook } from './audit-book.ts';
import { parseLine } from './line.ts';
import { mergeByTime } from './merge.ts';
import type { StoredRecord } from './record.ts';
import type { ScannedLine } from './scan-lines.ts';

/** A record, where it stands, and the exact bytes of its line. */
export interface ReadRecord {
  readonly chain: string;
  readonly record: StoredRecord;
  /** Without the newline. */
  readonly line: Buffer;
}

export interface ReadOptions {
  /** Only this chain. */
  readonly chain?: string;
  /** Where to begin in each chain: the first sequence number, or with `reverse` the last. */
  readonly fromSeq?: number;
  /** Newest first. */
  readonly reverse?: boolean;
}

/**
 * Reads the records of all chains, merged by time; within a chain always in its own order. A record that a living
 * server has not finished is passed over, and so is a line that is no record: `verifyAudit` tells of those.
 */
export async function* readRecords(book: AuditBook, options: ReadOptions = {}): AsyncGenerator<ReadRecord> {
  const chains = (await book.chains()).filter((chain) => !options.chain || chain === options.chain);
  const streams = chains.map((chain) => readChain(book, chain, options));
  yield* mergeByTime(streams, ({ record }) => record.time, options.reverse ?? false);
}

async function* readChain(book: AuditBook, chain: string, options: ReadOptions): AsyncGenerator<ReadRecord> {
  const { fromSeq, reverse = false } = options;
  for await (const lines of book.lines(chain, { reverse, ...(fromSeq !== undefined && { fromSeq }) })) {
    for (const read of parseAll(chain, lines)) {
      if (fromSeq === undefined || (reverse ? read.record.seq <= fromSeq : read.record.seq >= fromSeq))
        yield read;
    }
  }
}

/** The records among some lines of a chain. */
export function* parseAll(chain: string, lines: readonly ScannedLine[]): Generator<ReadRecord> {
  for (const { bytes, complete } of lines) {
    const record = complete ? parseLine(bytes) : undefined;
    if (record) yield { chain, record, line: bytes };
  }
}
