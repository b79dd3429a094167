import { setTimeout as sleep } from 'node:timers/promises';
import type { Documents } from '../../store/documents.ts';
import { type Lease, LeaseLost, type Leases } from '../../store/leases.ts';
import type { AuditBook } from '../audit-book.ts';
import { type BatchLimits, LIMITS } from './batches.ts';
import { NotNow } from './deliver.ts';
import { ShipPass } from './pass.ts';
import type { Push } from './push.ts';
import { type ShippingCounts, Tally } from './tally.ts';

export interface ShippingParts {
  readonly book: AuditBook;
  /** Holds where shipping stands. */
  readonly documents: Documents;
  readonly leases: Leases;
  readonly push: Push;
  /** Hears what an operator should know; it holds no credential. */
  readonly onReport: (message: string) => void;
  /** Milliseconds between two looks, and between two tries to take over from who ships. */
  readonly lookMs?: number;
  readonly waitMs?: number;
  /** The most milliseconds between two tries while Loki takes nothing; the first comes after `lookMs`. */
  readonly mostMs?: number;
  /** Milliseconds that the end of the process may take for what is left. */
  readonly closeMs?: number;
  readonly limits?: Partial<BatchLimits>;
}

export interface ShippingStatus extends ShippingCounts {
  /** Whether it is this process that ships, of those that share the audit. */
  readonly isActive: boolean;
  /** Age of the oldest record that is known and not shipped, in milliseconds; 0 with none, and where another ships. */
  readonly behindMs: number;
}

/** Ships the audit while the process lives. */
export interface Shipping {
  status(): ShippingStatus;
  /** Ships what is left, for two seconds at most, and lets another go on. */
  close(): Promise<void>;
}

/** Most records of a batch after one of which Loki took none: to find out whether it takes any costs fewer requests. */
const DOUBTFUL = 16;
const DEFAULTS = { lookMs: 1_000, waitMs: 5_000, mostMs: 30_000, closeMs: 2_000 };
const LEASE = { work: 'shipping the audit', by: 'stackward' };

/**
 * Begins to ship every chain of an audit, whoever writes it, from where shipping stands. Of several processes the one
 * with the lease ships. Whatever fails is tried again, with growing waits, and costs no call anything.
 */
export const openShipping = (parts: ShippingParts): Shipping => new Shipper(parts);

class Shipper implements Shipping {
  readonly #parts: ShippingParts & typeof DEFAULTS;
  readonly #tally = new Tally();
  readonly #closing = new AbortController();
  readonly #deadline = new AbortController();
  readonly #running: Promise<void>;
  #lease: Lease | undefined;
  #failures = 0;
  #isDoubtful = false;

  constructor(parts: ShippingParts) {
    this.#parts = { ...DEFAULTS, ...parts };
    this.#running = this.#run();
  }

  status(): ShippingStatus {
    const isActive = this.#lease !== undefined;
    return { ...this.#tally.counts(), isActive, behindMs: isActive ? this.#tally.behindMs() : 0 };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const timer = setTimeout(() => this.#deadline.abort(), this.#parts.closeMs);
    await this.#running;
    clearTimeout(timer);
    if (this.status().behindMs > 0)
      this.#parts.onReport(
        'records of the audit are not shipped yet; another process or the next start goes on',
      );
    await this.#release();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const pause = await this.#turn();
      await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
    }
    if (this.#lease && !this.#deadline.signal.aborted) await this.#turn();
  }

  /** Looks once, and resolves with how long to wait for the next look, in milliseconds. */
  async #turn(): Promise<number> {
    const { lookMs, waitMs } = this.#parts;
    try {
      this.#lease ??= await this.#take();
      if (this.#lease) await this.#pass(this.#lease);
      this.#well();
      return this.#lease ? lookMs : waitMs;
    } catch (error) {
      if (!(error instanceof LeaseLost)) return this.#trouble(error);
      await this.#release();
      return waitMs;
    }
  }

  async #take(): Promise<Lease | undefined> {
    const taken = await this.#parts.leases.take('audit-ship', LEASE);
    return 'lease' in taken ? taken.lease : undefined;
  }

  async #pass(lease: Lease): Promise<void> {
    const { limits: given, book, documents, push, onReport } = this.#parts;
    const all = { ...LIMITS, ...given };
    const limits = this.#isDoubtful ? { ...all, records: Math.min(DOUBTFUL, all.records) } : all;
    const { signal } = this.#deadline;
    const pass = new ShipPass({ book, documents, push, onReport, limits, lease, signal, tally: this.#tally });
    await pass.run().finally(() => this.#tally.report(onReport));
  }

  #well(): void {
    this.#tally.looked();
    const by = this.#lease ? '' : ', by another process';
    if (this.#failures > 0) this.#parts.onReport(`the audit is shipped to Loki again${by}`);
    this.#failures = 0;
    this.#isDoubtful = false;
  }

  #trouble(error: unknown): number {
    const { lookMs, mostMs, onReport } = this.#parts;
    const isLoki = error instanceof NotNow;
    this.#isDoubtful = isLoki && error.tookNone;
    this.#tally.missed();
    const why = error instanceof Error ? error.message : String(error);
    if (this.#failures === 0 && !this.#deadline.signal.aborted)
      onReport(
        `the audit is not shipped at the moment; records wait in it, and calls go on: ${isLoki ? 'Loki: ' : ''}${why}`,
      );
    this.#failures += 1;
    // Apart from each other, so that replicas of many stacks do not come back to a Loki at one moment.
    const wait = Math.min(mostMs, lookMs * 2 ** Math.min(this.#failures - 1, 20));
    return wait * (0.75 + Math.random() / 4);
  }

  /** A store that is away ends the lease by itself, after its silence. */
  async #release(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    await lease?.release().catch(() => {});
  }
}
