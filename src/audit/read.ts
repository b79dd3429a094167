import { join } from 'node:path';
import { chainPath, listChains, listSegments, segmentFirstSeq } from './layout.ts';
import { parseLine } from './line.ts';
import type { StoredRecord } from './record.ts';
import { type ScannedLine, scanLines, scanLinesBackwards } from './scan-lines.ts';
import { offsetBefore } from './seek.ts';

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
export async function* readRecords(dir: string, options: ReadOptions = {}): AsyncGenerator<ReadRecord> {
  const chains = (await listChains(dir)).filter((chain) => !options.chain || chain === options.chain);
  const heads: Head[] = [];
  try {
    for (const chain of chains) {
      const rest = readChain(dir, chain, options);
      const first = await rest.next();
      if (!first.done) heads.push({ next: first.value, rest });
    }
    while (heads.length > 0) {
      const head = pick(heads, options.reverse ?? false);
      yield head.next;
      const following = await head.rest.next();
      if (following.done) heads.splice(heads.indexOf(head), 1);
      else head.next = following.value;
    }
  } finally {
    await Promise.all(heads.map(({ rest }) => rest.return(undefined)));
  }
}

interface Head {
  next: ReadRecord;
  readonly rest: AsyncGenerator<ReadRecord>;
}

function pick(heads: readonly Head[], latest: boolean): Head {
  return heads.reduce((best, head) => {
    const earlier = head.next.record.time < best.next.record.time;
    const later = head.next.record.time > best.next.record.time;
    return (latest ? later : earlier) ? head : best;
  });
}

async function* readChain(dir: string, chain: string, options: ReadOptions): AsyncGenerator<ReadRecord> {
  const { fromSeq, reverse = false } = options;
  for (const segment of await segmentsFrom(chainPath(dir, chain), fromSeq, reverse)) {
    const path = join(chainPath(dir, chain), segment);
    const from = fromSeq === undefined || reverse ? 0 : await offsetBefore(path, fromSeq);
    for await (const lines of reverse ? scanLinesBackwards(path) : scanLines(path, from)) {
      for (const read of parseAll(chain, lines)) {
        if (fromSeq === undefined || (reverse ? read.record.seq <= fromSeq : read.record.seq >= fromSeq))
          yield read;
      }
    }
  }
}

async function segmentsFrom(
  chainDir: string,
  fromSeq: number | undefined,
  reverse: boolean,
): Promise<string[]> {
  const segments = await listSegments(chainDir);
  if (fromSeq === undefined) return reverse ? segments.reverse() : segments;
  const at = Math.max(
    0,
    segments.findLastIndex((segment) => segmentFirstSeq(segment) <= fromSeq),
  );
  return reverse ? segments.slice(0, at + 1).reverse() : segments.slice(at);
}

/** The records among some lines of a chain. */
export function* parseAll(chain: string, lines: readonly ScannedLine[]): Generator<ReadRecord> {
  for (const { bytes, complete } of lines) {
    const record = complete ? parseLine(bytes) : undefined;
    if (record) yield { chain, record, line: bytes };
  }
}
