import { join } from 'node:path';
import { listSegments, segmentFirstSeq, segmentName } from './layout.ts';
import { GENESIS, hashLine, parseLine } from './line.ts';
import type { PlacedRequest, StoredRecord } from './record.ts';
import { type ScannedLine, scanLines } from './scan-lines.ts';

/** Where a chain stands. */
export interface ChainEnd {
  /** Sequence number of the last good record; 0 in an empty chain. */
  readonly seq: number;
  /** SHA-256 of its line. */
  readonly head: string;
  /** The segment that the next record goes to, and its good length in bytes. */
  readonly segment: string;
  readonly size: number;
  /** The last good record, when there is one. */
  readonly last?: StoredRecord;
  /** Sequence number of the last checkpoint; 0 when there is none. */
  readonly checkpoint: number;
}

/** What a scan of a whole chain found. */
export interface ChainScan {
  readonly end: ChainEnd;
  /** Requests that no response followed. */
  readonly orphans: readonly PlacedRequest[];
  /** Names of torn-tail files that an event record reports. */
  readonly reportedTears: ReadonlySet<string>;
  /** A tail that a crash left half-written: everything from `end.size` on. */
  readonly torn: boolean;
  /** Set when the chain is broken in a way that no crash leaves; it must not be touched. */
  readonly damage?: string;
}

/** Reads a chain from its first record to the last good one. */
export async function scanChain(chainDir: string): Promise<ChainScan> {
  const walk = new Walk();
  const segments = await listSegments(chainDir);
  for (const [index, segment] of segments.entries()) {
    if (!walk.enter(segment)) break;
    const isLast = index === segments.length - 1;
    for await (const lines of scanLines(join(chainDir, segment))) walk.take(lines, isLast);
    if (walk.stopped) break;
  }
  return walk.result();
}

class Walk {
  stopped = false;
  #seq = 0;
  #head = GENESIS;
  #segment = segmentName(1);
  #size = 0;
  #checkpoint = 0;
  #last: StoredRecord | undefined;
  #bad: ScannedLine | undefined;
  #torn = false;
  #damage: string | undefined;
  readonly #open = new Map<string, PlacedRequest>();
  readonly #tears = new Set<string>();

  enter(segment: string): boolean {
    if (segmentFirstSeq(segment) !== this.#seq + 1) {
      this.#stop(`segment ${segment} does not follow record ${this.#seq}`);
      return false;
    }
    this.#segment = segment;
    this.#size = 0;
    return true;
  }

  take(lines: readonly ScannedLine[], isLastSegment: boolean): void {
    for (const line of lines) {
      if (this.#bad) this.#followBad(this.#bad);
      else if (!this.#accept(line)) this.#reject(line, isLastSegment);
      if (this.#damage) return;
    }
  }

  #accept({ bytes, offset, complete }: ScannedLine): boolean {
    const record = complete ? parseLine(bytes) : undefined;
    if (!record || record.seq !== this.#seq + 1 || record.prev !== this.#head) return false;
    this.#seq = record.seq;
    this.#head = hashLine(bytes);
    this.#size = offset + bytes.length + 1;
    this.#last = record;
    this.#note(record);
    return true;
  }

  #note(record: StoredRecord): void {
    if (record.kind === 'request') this.#open.set(record.call, record);
    if (record.kind === 'response') this.#open.delete(record.call);
    if (record.kind === 'checkpoint') this.#checkpoint = record.seq;
    if (record.kind === 'event' && record.event === 'torn_tail') this.#tears.add(tornFile(record.detail));
  }

  #reject(line: ScannedLine, isLastSegment: boolean): void {
    if (!isLastSegment) this.#stop(`record ${this.#seq + 1} is broken and segments follow it`);
    this.#bad = { ...line, bytes: Buffer.from(line.bytes) };
    this.#torn = true;
  }

  /** A power cut can lose pages in the middle of a flush, which read as NUL; else only the last line can be torn. */
  #followBad(bad: ScannedLine): void {
    if (!bad.bytes.includes(0)) this.#stop(`record ${this.#seq + 1} is broken and others follow it`);
  }

  #stop(damage: string): void {
    this.#damage = damage;
    this.stopped = true;
  }

  result(): ChainScan {
    const end: ChainEnd = {
      seq: this.#seq,
      head: this.#head,
      segment: this.#segment,
      size: this.#size,
      checkpoint: this.#checkpoint,
      ...(this.#last && { last: this.#last }),
    };
    return {
      end,
      orphans: [...this.#open.values()],
      reportedTears: this.#tears,
      torn: this.#torn,
      ...(this.#damage !== undefined && { damage: this.#damage }),
    };
  }
}

function tornFile(detail: unknown): string {
  const file = typeof detail === 'object' && detail !== null && 'file' in detail ? detail.file : undefined;
  return typeof file === 'string' ? file : '';
}
