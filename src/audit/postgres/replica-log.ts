import { ToolError } from '../../toolset/errors.ts';
import type { ChainHead } from '../all-checkpoint.ts';
import type { Appended, AuditLog, AuditStatus } from '../audit-log.ts';
import type { ChainOpener } from '../chain-opener.ts';
import type { ChainWriter } from '../chain-writer.ts';
import type { NewRecord } from '../record.ts';
import { type Pulse, startPulse } from './pulse.ts';

export interface ReplicaLogParts {
  readonly opener: ChainOpener;
  readonly beatMs: number;
  readonly patienceMs: number;
}

/**
 * The log of one replica. It writes one chain after another: one that was taken from it is never written again, and
 * another is opened in its place, without hands.
 */
export class ReplicaLog implements AuditLog {
  readonly #opener: ChainOpener;
  readonly #pulse: Pulse;
  #own: ChainWriter | undefined;
  #lost: ChainWriter | undefined;
  #lastSeq = 0;
  #isClosed = false;

  private constructor({ opener, beatMs, patienceMs }: ReplicaLogParts) {
    this.#opener = opener;
    this.#pulse = startPulse({ beat: () => this.#beat(), everyMs: beatMs, patienceMs });
  }

  /** Rejects with StoreError where the database is away. */
  static async open(parts: ReplicaLogParts): Promise<ReplicaLog> {
    const log = new ReplicaLog(parts);
    try {
      await log.#open();
    } catch (error) {
      await log.#pulse.stop();
      throw error;
    }
    return log;
  }

  append(record: NewRecord): Appended {
    // The end of a call that began is kept until it can be recorded; nothing new is taken.
    const trouble = record.kind === 'response' ? undefined : this.#pulse.trouble();
    if (trouble !== undefined) throw unavailable(`the audit's database cannot be written: ${trouble}`);
    if (!this.#own) throw unavailable('this replica has no audit chain at the moment; it opens another');
    return this.#own.append(record);
  }

  status(): AuditStatus {
    const own = this.#own?.status();
    this.#lastSeq = own?.lastSeq ?? this.#lastSeq;
    const trouble = this.#isClosed ? undefined : this.#pulse.trouble();
    const reason =
      trouble ?? (own ? own.reason : 'this replica lost its audit chain to another one and opens a new one');
    return {
      writable: reason === undefined,
      ...(reason !== undefined && { reason }),
      lastSeq: this.#lastSeq,
      lagMs: own?.lagMs ?? 0,
      chain: own?.chain ?? '',
    };
  }

  /** Where the own chain ends as far as it is durable; undefined without one. */
  head(): ChainHead | undefined {
    return this.#own && { chain: this.#own.status().chain, ...this.#own.position() };
  }

  /**
   * Mends the chains of replicas that died. After an outage it waits first: the others were silent as well, and have
   * to be given the time to show that they live.
   */
  async mendOthers(silentMs: number): Promise<void> {
    const own = this.#own;
    if (own && this.#pulse.soundFor() > silentMs) await this.#opener.mendOthers(own.status().chain);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pulse.stop();
    await this.#own?.close();
  }

  async #beat(): Promise<void> {
    if (this.#own) await this.#own.beat();
    else await this.#open();
  }

  async #open(): Promise<void> {
    if (this.#isClosed) return;
    await this.#lost?.close();
    this.#lost = undefined;
    const onLost = () => {
      this.#lost = this.#own;
      this.#own = undefined;
    };
    this.#own = (await this.#opener.openLowest(onLost)) ?? (await this.#opener.openNew(onLost));
  }
}

const unavailable = (detail: string) => new ToolError('audit_unavailable', detail);
