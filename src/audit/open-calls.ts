import type { Batch } from './batch.ts';
import type { CheckpointRecord, NewRecord, PlacedRequest, RequestRecord, ResponseRecord } from './record.ts';

/** Knows which calls have a request record and no response record yet, so that each gets exactly one end. */
export class OpenCalls {
  /** As the records appended so far have it. */
  #appended: Set<string>;
  /** As the durable records have it, oldest first: each with the sequence number of its request. */
  readonly #durable: Map<string, number>;
  readonly #owed = new Map<string, ResponseRecord>();

  /** `orphans` are durable already, and end before anything else is recorded. */
  constructor(orphans: readonly PlacedRequest[]) {
    this.#durable = new Map(orphans.map((request) => [request.call, request.seq]));
    this.#appended = new Set(this.#durable.keys());
  }

  /** Calls that have begun and not ended in the durable records. */
  get openCount(): number {
    return this.#durable.size;
  }

  has(call: string): boolean {
    return this.#appended.has(call);
  }

  note(record: NewRecord | CheckpointRecord): void {
    if (record.kind === 'request') this.#appended.add(record.call);
    if (record.kind === 'response') this.#appended.delete(record.call);
  }

  /** Sequence number of the oldest request without an end once the batch is durable; without any, of the next record. */
  openFromAfter(batch: Batch): number {
    const ended = new Set(batch.responses.map(({ call }) => call));
    for (const [call, seq] of this.#durable) if (!ended.has(call)) return seq;
    return batch.requests.find(({ record }) => !ended.has(record.call))?.seq ?? batch.lastSeq + 1;
  }

  /** A batch is durable. */
  commit(batch: Batch): void {
    for (const { seq, record } of batch.requests) this.#durable.set(record.call, seq);
    for (const { call } of batch.responses) this.#durable.delete(call);
  }

  /** Batches were lost: their requests never were, and the ends of earlier requests are owed. */
  rollback(lost: readonly Batch[]): void {
    this.#appended = new Set(this.#durable.keys());
    for (const response of lost.flatMap((batch) => batch.responses)) this.owe(response);
  }

  /** A batch that counted as lost is durable after all: its ends are owed no longer. Returns its calls without an end. */
  adopt(batch: Batch): readonly RequestRecord[] {
    for (const { call } of batch.responses) this.#owed.delete(call);
    this.#appended = new Set(this.#durable.keys());
    return batch.requests.map(({ record }) => record).filter(({ call }) => this.#durable.has(call));
  }

  /** Keeps the end of a call whose request is durable until it can be recorded. */
  owe(response: ResponseRecord): void {
    if (this.#durable.has(response.call)) this.#owed.set(response.call, response);
  }

  takeOwed(): readonly ResponseRecord[] {
    const owed = [...this.#owed.values()];
    this.#owed.clear();
    return owed;
  }
}
