import { setImmediate as nextTurn } from 'node:timers/promises';
import { ToolError } from '../toolset/errors.ts';
import type { Appended, AuditLog, AuditStatus } from './audit-log.ts';
import { Batch } from './batch.ts';
import { ChainLost, type ChainPosition, type ChainStore } from './chain-store.ts';
import { makeCheckpoint, signHead } from './checkpoint.ts';
import type { Signer } from './keys.ts';
import { makeLine } from './line.ts';
import { OpenCalls } from './open-calls.ts';
import {
  type CheckpointRecord,
  type EventRecord,
  type NewRecord,
  type PlacedRequest,
  type RequestRecord,
  unknownOutcome,
} from './record.ts';

const BATCH_BYTES = 1024 * 1024;
const BUFFER_BYTES = 16 * 1024 * 1024;
const RETRY_MS = 1_000;
const NOT_HELD = 'this process is not sure to hold its audit chain; if this stays, restart the server';

export interface ChainWriterParts {
  readonly chain: string;
  readonly store: ChainStore;
  readonly end: ChainPosition;
  /** Requests that an earlier process left without an end. */
  readonly orphans: readonly PlacedRequest[];
  readonly signer: Signer;
  readonly checkpointEvery: number;
  readonly onReport: (message: string) => void;
  /** Hears once that the chain is somebody else's now. */
  readonly onLost?: () => void;
}

/** Appends records to one chain: one batch is written and flushed while the next one gathers. */
export class ChainWriter implements AuditLog {
  readonly #parts: ChainWriterParts;
  readonly #calls: OpenCalls;
  readonly #queue: Batch[] = [];
  #tail: ChainPosition;
  #durable: ChainPosition;
  #flying: Batch | undefined;
  /** The batch whose commit was rejected; it may be there all the same. */
  #doubtful: Batch | undefined;
  #running: Promise<void> | undefined;
  #sealing: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #recovering: Promise<void> | undefined;
  #failure: string | undefined;
  #isLost = false;
  #closing = false;

  constructor(parts: ChainWriterParts) {
    this.#parts = parts;
    this.#calls = new OpenCalls(parts.orphans);
    this.#durable = parts.end;
    this.#tail = parts.end;
  }

  append(record: NewRecord): Appended {
    this.#admit(record);
    const appended = this.#add(record);
    if (this.#tail.seq - this.#tail.checkpoint >= this.#parts.checkpointEvery) this.#seal();
    this.#running ??= this.#run();
    return appended;
  }

  status(): AuditStatus {
    const reason = this.#refusal();
    const oldest = this.#flying ?? this.#queue[0];
    return {
      writable: reason === undefined,
      ...(reason !== undefined && { reason }),
      lastSeq: this.#tail.seq,
      lagMs: oldest ? performance.now() - oldest.since : 0,
      chain: this.#parts.chain,
      ...(this.#parts.store.disk && { disk: this.#parts.store.disk }),
    };
  }

  /** Where the chain ends as far as it is durable. */
  position(): { readonly seq: number; readonly hash: string } {
    return { seq: this.#durable.seq, hash: this.#durable.head };
  }

  /** Asks the store whether the chain is still held, and stops for good when it is not. Rejects with what the store says. */
  async beat(): Promise<void> {
    try {
      await this.#parts.store.beat();
    } catch (error) {
      if (error instanceof ChainLost) this.#fail(error);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    clearTimeout(this.#retry);
    await this.#running;
    if (this.#failure !== undefined && !this.#isLost) await this.#recover();
    if (this.#failure === undefined && this.#tail.seq > this.#tail.checkpoint) {
      this.#seal();
      await this.#run();
    }
    await this.#sealing;
    await this.#parts.store.close();
  }

  #admit(record: NewRecord): void {
    if (record.kind === 'response' && !this.#calls.has(record.call)) {
      throw unavailable(`call ${record.call} has no request record that waits for its end`);
    }
    // The end of a call that began may use the space that is kept in reserve; nothing new may.
    const reason = record.kind === 'response' ? this.#stoppage() : this.#refusal();
    if (reason === undefined) return;
    if (record.kind === 'response') this.#calls.owe(record);
    throw unavailable(reason);
  }

  #stoppage(): string | undefined {
    if (this.#closing) return 'the audit log is closed';
    if (this.#isLost) return this.#failure;
    if (!this.#parts.store.held()) return NOT_HELD;
    return this.#failure;
  }

  #refusal(): string | undefined {
    const buffered = this.#queue.reduce((sum, batch) => sum + batch.size, this.#flying?.size ?? 0);
    return (
      this.#stoppage() ??
      this.#parts.store.shortage() ??
      (buffered > BUFFER_BYTES
        ? 'the audit’s store is slower than the calls; fewer at a time will pass'
        : undefined)
    );
  }

  #add(record: NewRecord | CheckpointRecord): Appended {
    const seq = this.#tail.seq + 1;
    const line = makeLine(seq, this.#tail.head, record);
    const batch = this.#batchFor(line.bytes.length);
    batch.add(record, line);
    this.#calls.note(record);
    this.#tail = { ...this.#tail, seq, head: line.hash };
    return { seq, written: batch.written.promise, durable: batch.durable.promise };
  }

  #batchFor(size: number): Batch {
    const open = this.#queue.at(-1);
    if (open && open.checkpoint === undefined && open.size + size <= BATCH_BYTES) return open;
    const batch = new Batch(this.#tail.seq + 1);
    this.#queue.push(batch);
    return batch;
  }

  #seal(): void {
    const { signer, chain } = this.#parts;
    this.#add(makeCheckpoint(signer, chain, this.#tail.seq + 1, this.#tail.head));
    this.#tail = { ...this.#tail, checkpoint: this.#tail.seq };
  }

  async #run(): Promise<void> {
    try {
      await this.#drain();
    } catch (error) {
      this.#fail(error);
    }
    this.#running = undefined;
  }

  async #drain(): Promise<void> {
    for (;;) {
      // Callers that were just answered append again in this turn; waiting for its end lets them share a flush.
      await nextTurn();
      this.#flying = this.#queue.shift();
      if (!this.#flying) return;
      await this.#commit(this.#flying);
    }
  }

  async #commit(batch: Batch): Promise<void> {
    const { store } = this.#parts;
    if (!store.held()) throw new Error(NOT_HELD);
    await store.commit(batch, this.#calls.openFromAfter(batch), () => batch.written.resolve());
    this.#landed(batch);
    this.#flying = undefined;
    batch.durable.resolve();
  }

  #landed(batch: Batch): void {
    this.#durable = { ...this.#durable, seq: batch.lastSeq, head: batch.lastHash };
    this.#calls.commit(batch);
    if (batch.checkpoint !== undefined) this.#sealed(batch.checkpoint);
  }

  #sealed(seq: number): void {
    const { chain, store, signer, onReport } = this.#parts;
    this.#durable = { ...this.#durable, checkpoint: seq };
    const head = signHead(signer, chain, { seq, hash: this.#durable.head, open: this.#calls.openCount });
    this.#sealing = this.#sealing
      .then(() => store.keepHead(head))
      .catch((error: unknown) => onReport(`the head of audit chain ${chain}: ${messageOf(error)}`));
  }

  #fail(error: unknown): void {
    if (this.#isLost) return;
    const reason = `the audit log cannot be written: ${messageOf(error)}`;
    const lost = [...(this.#flying ? [this.#flying] : []), ...this.#queue.splice(0)];
    this.#doubtful = this.#flying ?? this.#doubtful;
    this.#flying = undefined;
    this.#tail = this.#durable;
    this.#calls.rollback(lost);
    if (this.#failure === undefined) this.#parts.onReport(reason);
    this.#failure = reason;
    this.#isLost = error instanceof ChainLost;
    for (const batch of lost) batch.reject(unavailable(reason, error));
    if (this.#isLost) this.#parts.onLost?.();
    else this.#scheduleRetry();
  }

  #scheduleRetry(): void {
    if (this.#closing) return;
    this.#retry = setTimeout(() => this.#recover(), RETRY_MS).unref();
  }

  #recover(): Promise<void> {
    this.#recovering ??= this.#tryAgain().finally(() => {
      this.#recovering = undefined;
    });
    return this.#recovering;
  }

  /** Finds out what the failed batch left, then records that there was a gap and the ends that could not be recorded. */
  async #tryAgain(): Promise<void> {
    const { chain, store, onReport } = this.#parts;
    try {
      if (!store.held()) throw new Error(NOT_HELD);
      const isThere = (await store.settle()) === 'landed' && this.#doubtful;
      const untold = isThere ? this.#adopt(isThere) : [];
      this.#doubtful = undefined;
      this.#add(resumedEvent(this.#failure ?? ''));
      for (const request of untold) this.#add(unknownOutcome(request));
      for (const response of this.#calls.takeOwed()) this.#add(response);
      await this.#drain();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#failure = undefined;
    onReport(`audit chain ${chain} is written again`);
  }

  /** Goes on from a batch that was told to be lost and is there: whose calls begin in it were refused, and get an end. */
  #adopt(batch: Batch): readonly RequestRecord[] {
    this.#landed(batch);
    this.#tail = this.#durable;
    return this.#calls.adopt(batch);
  }
}

const resumedEvent = (reason: string): EventRecord => ({
  kind: 'event',
  event: 'audit_resumed',
  principal: 'stackward',
  topology: '',
  version: 0,
  detail: { reason },
});

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const unavailable = (detail: string, cause?: unknown) =>
  new ToolError('audit_unavailable', detail, cause === undefined ? undefined : { cause });
