import type { Line } from './line.ts';
import type { CheckpointRecord, NewRecord, RequestRecord, ResponseRecord } from './record.ts';

interface Settle {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

function settle(): Settle {
  let resolve: Settle['resolve'] = () => {};
  let reject: Settle['reject'] = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Callers that need only one of a record's two promises leave the other alone.
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/** Records that are written and flushed together. */
export class Batch {
  readonly firstSeq: number;
  readonly since = performance.now();
  readonly written = settle();
  readonly durable = settle();
  /** Each with its sequence number. */
  readonly requests: { readonly seq: number; readonly record: RequestRecord }[] = [];
  readonly responses: ResponseRecord[] = [];
  readonly #lines: Buffer[] = [];
  size = 0;
  lastSeq: number;
  lastHash = '';
  /** Sequence number of the checkpoint that ends the batch, when one does. */
  checkpoint: number | undefined;

  constructor(firstSeq: number) {
    this.firstSeq = firstSeq;
    this.lastSeq = firstSeq - 1;
  }

  add(record: NewRecord | CheckpointRecord, line: Line): void {
    this.#lines.push(line.bytes);
    this.size += line.bytes.length;
    this.lastSeq += 1;
    this.lastHash = line.hash;
    if (record.kind === 'request') this.requests.push({ seq: this.lastSeq, record });
    if (record.kind === 'response') this.responses.push(record);
    if (record.kind === 'checkpoint') this.checkpoint = this.lastSeq;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#lines, this.size);
  }

  reject(error: Error): void {
    this.written.reject(error);
    this.durable.reject(error);
  }
}
