import type { Documents } from '../../store/documents.ts';
import type { Lease } from '../../store/leases.ts';
import type { AuditBook } from '../audit-book.ts';
import { hashLine } from '../line.ts';
import { type BatchLimits, batchesOf, OtherChain } from './batches.ts';
import { deliver, NotNow } from './deliver.ts';
import type { Entry } from './entry.ts';
import { type Positions, readPositions, writePositions } from './positions.ts';
import type { Push } from './push.ts';
import type { Tally } from './tally.ts';

/** Batches of one chain before it is the next one's turn. */
const IN_A_ROW = 100;

export interface ShipPassParts {
  readonly book: AuditBook;
  readonly documents: Documents;
  readonly push: Push;
  readonly limits: BatchLimits;
  readonly lease: Lease;
  /** Ends it, and the request under way. */
  readonly signal: AbortSignal;
  readonly tally: Tally;
  readonly onReport: (message: string) => void;
}

/** One look at all chains: what is not shipped yet is. Where shipping stands is written after Loki took it. */
export class ShipPass {
  readonly #parts: ShipPassParts;

  constructor(parts: ShipPassParts) {
    this.#parts = parts;
  }

  /** Rejects with NotNow, LeaseLost, or what the audit or the store is away with. */
  async run(): Promise<void> {
    const { book, documents, tally, onReport } = this.#parts;
    const positions = await readPositions(documents);
    const chains = await book.chains();
    for (const [chain, { seq }] of positions)
      if (!chains.includes(chain))
        tally.once(
          `gone ${chain}`,
          onReport,
          `audit chain ${chain} was shipped up to record ${seq}, and is gone`,
        );
    for (const chain of chains) await this.#ship(chain, positions);
  }

  async #ship(chain: string, positions: Positions): Promise<void> {
    try {
      await this.#shipSome(chain, positions);
    } catch (error) {
      if (!(error instanceof OtherChain)) throw error;
      this.#parts.onReport(`${error.message}; it is shipped from its beginning`);
      positions.delete(chain);
      await this.#shipSome(chain, positions);
    }
  }

  async #shipSome(chain: string, positions: Positions): Promise<void> {
    const { book, limits, tally, signal } = this.#parts;
    const after = positions.get(chain);
    const onDamaged = (seq: number) => tally.damaged(chain, seq);
    let batches = 0;
    for await (const entries of batchesOf({ book, chain, after, limits, onDamaged })) {
      if (signal.aborted) throw new NotNow('this process ends');
      await this.#batch(chain, entries, positions);
      batches += 1;
      // A chain that grows as fast as it is shipped must not keep the others waiting.
      if (batches === IN_A_ROW) return;
    }
    tally.caughtUp(chain);
  }

  async #batch(chain: string, entries: readonly Entry[], positions: Positions): Promise<void> {
    const { documents, lease, push, signal, tally } = this.#parts;
    const [first, last] = [entries[0], entries.at(-1)];
    if (!first || !last) return;
    tally.waiting(chain, first.time);
    const delivered = await deliver(entries, {
      async push(some) {
        await lease.assertHeld();
        return push(chain, some, signal);
      },
      onRefused: () => tally.refused(),
    });
    positions.set(chain, { seq: last.seq, hash: hashLine(last.line) });
    await writePositions(documents, positions, lease);
    tally.delivered(chain, delivered);
  }
}
