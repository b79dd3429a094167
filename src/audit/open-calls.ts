import type { Batch } from './batch.ts';
import type { CheckpointRecord, NewRecord, RequestRecord, ResponseRecord } from './record.ts';

/** Knows which calls have a request record and no response record yet, so that each gets exactly one end. */
export class OpenCalls {
  /** As the records appended so far have it. */
  #appended: Set<string>;
  /** As the records on disk have it. */
  readonly #durable: Set<string>;
  readonly #owed = new Map<string, ResponseRecord>();

  constructor(orphans: readonly RequestRecord[]) {
    this.#durable = new Set(orphans.map((request) => request.call));
    this.#appended = new Set(this.#durable);
  }

  /** Calls that have begun and not ended on disk. */
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

  /** A batch is durable. */
  commit(batch: Batch): void {
    for (const call of batch.requests) this.#durable.add(call);
    for (const { call } of batch.responses) this.#durable.delete(call);
  }

  /** Batches were lost: their requests never were, and the ends of earlier requests are owed. */
  rollback(lost: readonly Batch[]): void {
    this.#appended = new Set(this.#durable);
    for (const response of lost.flatMap((batch) => batch.responses)) this.owe(response);
  }

  /** Keeps the end of a call whose request is on disk until it can be recorded. */
  owe(response: ResponseRecord): void {
    if (this.#durable.has(response.call)) this.#owed.set(response.call, response);
  }

  takeOwed(): readonly ResponseRecord[] {
    const owed = [...this.#owed.values()];
    this.#owed.clear();
    return owed;
  }
}
