import type { Delivered } from './deliver.ts';
import { REASONS } from './push.ts';

/** Why a record was not shipped: Loki’s reason, or that its line is no record any more. */
export const SKIP_REASONS = [...REASONS, 'damaged'] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** What was shipped since this process began. */
export interface ShippingCounts {
  readonly shipped: number;
  /** Requests in which Loki refused a record. */
  readonly refusedRequests: number;
  /** Records that stay in the audit alone, by why. */
  readonly skipped: ReadonlyMap<SkipReason, number>;
}

/** Counts what is shipped, and tells of what is not. */
export class Tally {
  #shipped = 0;
  #refusedRequests = 0;
  readonly #skipped = new Map<SkipReason, number>();
  /** What was skipped and not told yet, by chain and reason: one line each, however many records. */
  readonly #untold = new Map<string, { readonly first: number; count: number }>();
  readonly #told = new Set<string>();
  /** When the oldest record was made that waits, of each chain that is behind. */
  readonly #waiting = new Map<string, number>();
  #lookedAt = Date.now();
  #hasMissed = false;

  counts(): ShippingCounts {
    return {
      shipped: this.#shipped,
      refusedRequests: this.#refusedRequests,
      skipped: new Map(this.#skipped),
    };
  }

  /** Where looking failed, records may have come since the last look. */
  behindMs(): number {
    const since = [...this.#waiting.values(), ...(this.#hasMissed ? [this.#lookedAt] : [])];
    return since.length === 0 ? 0 : Math.max(0, Date.now() - Math.min(...since));
  }

  waiting(chain: string, since: number): void {
    this.#waiting.set(chain, since);
  }

  caughtUp(chain: string): void {
    this.#waiting.delete(chain);
  }

  /** A look at all chains ended well. */
  looked(): void {
    this.#lookedAt = Date.now();
    this.#hasMissed = false;
  }

  missed(): void {
    this.#hasMissed = true;
  }

  refused(): void {
    this.#refusedRequests += 1;
  }

  delivered(chain: string, { taken, skipped }: Delivered): void {
    this.#shipped += taken;
    for (const { seq, reason } of skipped) this.#skip(chain, seq, reason);
  }

  /** What follows a record is no record. */
  damaged(chain: string, afterSeq: number): void {
    this.#skip(chain, afterSeq + 1, 'damaged');
  }

  /** Says once what would be said again at every look. */
  once(key: string, onReport: (message: string) => void, message: string): void {
    if (!this.#told.has(key)) onReport(message);
    this.#told.add(key);
  }

  report(onReport: (message: string) => void): void {
    for (const [key, { first, count }] of this.#untold) {
      const [chain, reason] = key.split(' ');
      const what = count === 1 ? `record ${first}` : `${count} records, the first of them record ${first},`;
      onReport(`audit chain ${chain}: ${what} not shipped to Loki (${reason}); in the audit as before`);
    }
    this.#untold.clear();
  }

  #skip(chain: string, seq: number, reason: SkipReason): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
    const key = `${chain} ${reason}`;
    const known = this.#untold.get(key);
    if (known) known.count += 1;
    else this.#untold.set(key, { first: seq, count: 1 });
  }
}
