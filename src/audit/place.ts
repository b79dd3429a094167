import type { AuditBook } from './audit-book.ts';
import { isCheckpointSigned } from './checkpoint.ts';
import { GENESIS, hashLine } from './line.ts';
import { type ReadRecord, readRecords } from './read.ts';

/** Where one record stands, and what proves it. */
export interface Place {
  readonly seq: number;
  readonly kind: string;
  /** SHA-256 of the record's line. */
  readonly hash: string;
  readonly prev: string;
  /**
   * `sealed`: a signed checkpoint after it covers its very bytes. `linked`: its neighbours fit, and no checkpoint has
   * come yet. `broken`: a hash, a number or a signature does not fit.
   */
  readonly verdict: 'sealed' | 'linked' | 'broken';
  /** The same in a sentence. */
  readonly says: string;
}

/**
 * Checks one record: its link to the record before it, and every link from it to the next checkpoint, whose signature
 * is checked with the published keys. What lies before the record and behind the checkpoint is for `verifyAudit`.
 */
export async function placeOf(book: AuditBook, chain: string, seq: number): Promise<Place | undefined> {
  const { keys } = await book.publicKeys();
  let before: ReadRecord | undefined;
  let place: Omit<Place, 'verdict' | 'says'> | undefined;
  let last: ReadRecord | undefined;
  const end = (verdict: Place['verdict'], says: string) => place && { ...place, verdict, says };
  for await (const read of readRecords(book, { chain, fromSeq: Math.max(1, seq - 1) })) {
    const { record, line } = read;
    if (record.seq < seq) {
      before = read;
      continue;
    }
    if (!place) {
      if (record.seq !== seq) return undefined;
      place = { seq, kind: record.kind, hash: hashLine(line), prev: record.prev };
      const prev = seq === 1 ? GENESIS : before && hashLine(before.line);
      if (record.prev !== prev)
        return end('broken', `it does not follow record ${seq - 1} as that stands now`);
    } else if (last && (record.prev !== hashLine(last.line) || record.seq !== last.record.seq + 1))
      return end('broken', `record ${record.seq} does not follow ${last.record.seq} as that stands now`);
    if (record.kind === 'checkpoint') {
      const key = keys.get(record.key);
      const isGood = key && record.head === record.prev && isCheckpointSigned(key, chain, record);
      return isGood
        ? end('sealed', `checkpoint ${record.seq} covers it, signed with key ${record.key}`)
        : end('broken', `the signature of checkpoint ${record.seq} does not hold`);
    }
    last = read;
  }
  return end('linked', 'it fits its neighbours; no checkpoint has sealed it yet');
}
