import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Hold } from '../store/files/hold.ts';
import { ToolError } from '../toolset/errors.ts';
import type { Appended, AuditLog, AuditStatus } from './audit-log.ts';
import { Batch } from './batch.ts';
import type { ChainEnd } from './chain-scan.ts';
import { makeCheckpoint, writeHead } from './checkpoint.ts';
import type { Signer } from './keys.ts';
import { makeLine } from './line.ts';
import { OpenCalls } from './open-calls.ts';
import type { CheckpointRecord, EventRecord, NewRecord, RequestRecord } from './record.ts';
import type { Reserve } from './reserve.ts';
import type { Segments } from './segments.ts';

const BATCH_BYTES = 1024 * 1024;
const BUFFER_BYTES = 16 * 1024 * 1024;
const RETRY_MS = 1_000;
const NOT_HELD = 'this process is not sure to hold its audit chain; if this stays, restart the server';

export interface ChainWriterParts {
  readonly chain: string;
  readonly chainDir: string;
  readonly end: ChainEnd;
  /** Requests that an earlier process left without an end. */
  readonly orphans: readonly RequestRecord[];
  readonly signer: Signer;
  readonly hold: Hold;
  readonly segments: Segments;
  readonly reserve: Reserve;
  readonly checkpointEvery: number;
  readonly onReport: (message: string) => void;
}

/** Appends records to one chain: one batch is written and flushed while the next one gathers. */
export class ChainWriter implements AuditLog {
  readonly #parts: ChainWriterParts;
  readonly #calls: OpenCalls;
  readonly #queue: Batch[] = [];
  #tail: { seq: number; head: string; checkpoint: number };
  #durable: { seq: number; head: string; checkpoint: number };
  #flying: Batch | undefined;
  #running: Promise<void> | undefined;
  #sealing: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #recovering: Promise<void> | undefined;
  #failure: string | undefined;
  #closing = false;

  constructor(parts: ChainWriterParts) {
    this.#parts = parts;
    this.#calls = new OpenCalls(parts.orphans);
    this.#durable = { seq: parts.end.seq, head: parts.end.head, checkpoint: parts.end.checkpoint };
    this.#tail = { ...this.#durable };
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
      reserveBytes: this.#parts.reserve.bytes,
    };
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    clearTimeout(this.#retry);
    await this.#running;
    if (this.#failure !== undefined) await this.#recover();
    if (this.#failure === undefined && this.#tail.seq > this.#tail.checkpoint) {
      this.#seal();
      await this.#run();
    }
    await this.#sealing;
    this.#parts.reserve.close();
    await this.#parts.segments.close();
    await this.#parts.hold.release();
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
    if (!this.#parts.hold.held()) return NOT_HELD;
    return this.#failure;
  }

  #refusal(): string | undefined {
    const buffered = this.#queue.reduce((sum, batch) => sum + batch.size, this.#flying?.size ?? 0);
    return (
      this.#stoppage() ??
      this.#parts.reserve.shortage() ??
      (buffered > BUFFER_BYTES ? 'the disk is slower than the calls; fewer at a time will pass' : undefined)
    );
  }

  #add(record: NewRecord | CheckpointRecord): Appended {
    const seq = this.#tail.seq + 1;
    const line = makeLine(seq, this.#tail.head, record);
    const batch = this.#batchFor(line.bytes.length);
    batch.add(record, line);
    this.#calls.note(record);
    this.#tail.seq = seq;
    this.#tail.head = line.hash;
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
    this.#tail.checkpoint = this.#tail.seq;
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
    const { segments, reserve, hold } = this.#parts;
    await reserve.refresh();
    if (!hold.held()) throw new Error(NOT_HELD);
    await segments.write(batch.bytes(), batch.firstSeq);
    batch.written.resolve();
    await segments.sync();
    this.#durable = { ...this.#durable, seq: batch.lastSeq, head: batch.lastHash };
    this.#calls.commit(batch);
    if (batch.checkpoint !== undefined) this.#sealed(batch.checkpoint);
    this.#flying = undefined;
    batch.durable.resolve();
  }

  #sealed(seq: number): void {
    const { chain, chainDir, signer, onReport } = this.#parts;
    this.#durable.checkpoint = seq;
    const head = { seq, hash: this.#durable.head, open: this.#calls.openCount };
    this.#sealing = this.#sealing
      .then(() => writeHead(chainDir, chain, signer, head))
      .catch((error: unknown) => onReport(`head.json of audit chain ${chain}: ${messageOf(error)}`));
  }

  #fail(error: unknown): void {
    const reason = `the audit log cannot be written: ${messageOf(error)}`;
    const lost = [...(this.#flying ? [this.#flying] : []), ...this.#queue.splice(0)];
    this.#flying = undefined;
    this.#tail = { ...this.#durable };
    this.#calls.rollback(lost);
    if (this.#failure === undefined) this.#parts.onReport(reason);
    this.#failure = reason;
    for (const batch of lost) batch.reject(unavailable(reason, error));
    this.#scheduleRetry();
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

  /** Cuts what the failed batch left, then records that there was a gap and the ends that could not be recorded. */
  async #tryAgain(): Promise<void> {
    const { chain, hold, segments, onReport } = this.#parts;
    try {
      if (!hold.held()) throw new Error(NOT_HELD);
      await segments.rollback();
      this.#add(resumedEvent(this.#failure ?? ''));
      for (const response of this.#calls.takeOwed()) this.#add(response);
      await this.#drain();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#failure = undefined;
    onReport(`audit chain ${chain} is written again`);
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
