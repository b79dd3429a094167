import type { Chains, TakenChain } from './chain-store.ts';
import { ChainWriter } from './chain-writer.ts';
import type { Signer } from './keys.ts';
import { chainName } from './layout.ts';
import { unknownOutcome } from './record.ts';

export interface OpenerSettings {
  readonly checkpointEvery: number;
  readonly onReport: (message: string) => void;
}

/** Opens the chains of one audit, mending what dead processes left. */
export class ChainOpener {
  readonly #chains: Chains;
  readonly #settings: OpenerSettings;
  readonly #signer: Signer;
  readonly #damaged = new Set<string>();

  constructor(chains: Chains, settings: OpenerSettings, signer: Signer) {
    this.#chains = chains;
    this.#settings = settings;
    this.#signer = signer;
  }

  /** Mends every chain that nobody holds and keeps the lowest open; undefined when there is none. */
  async openLowest(onLost?: () => void): Promise<ChainWriter | undefined> {
    let lowest: ChainWriter | undefined;
    for (const chain of await this.#chains.list()) {
      const writer = await this.#open(chain, lowest ? undefined : onLost);
      if (lowest) await writer?.close();
      else lowest = writer;
    }
    return lowest;
  }

  /** Begins a new chain. */
  async openNew(onLost?: () => void): Promise<ChainWriter> {
    for (let number = (await this.#chains.list()).length + 1; ; number += 1) {
      const writer = await this.#open(chainName(number), onLost);
      if (writer) return writer;
    }
  }

  /** Mends the chains of processes that died since; `own` is left alone. Reports what it cannot do. */
  async mendOthers(own: string): Promise<void> {
    try {
      for (const chain of await this.#chains.abandoned()) {
        if (chain !== own && !this.#damaged.has(chain)) await (await this.#open(chain))?.close();
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#settings.onReport(`audit chains of other processes could not be looked after: ${reason}`);
    }
  }

  /** Opens one chain; undefined when somebody living holds it or it is damaged. */
  async #open(chain: string, onLost?: () => void): Promise<ChainWriter | undefined> {
    const taken = await this.#chains.take(chain);
    if (typeof taken !== 'string') return taken && this.#continue(chain, taken, onLost);
    if (!this.#damaged.has(chain))
      this.#settings.onReport(
        `audit chain ${chain} is damaged and stays as it is: ${taken}; run stackward audit verify`,
      );
    this.#damaged.add(chain);
    return undefined;
  }

  async #continue(chain: string, taken: TakenChain, onLost?: () => void): Promise<ChainWriter> {
    const { store, end, orphans, events } = taken;
    const { checkpointEvery, onReport } = this.#settings;
    const lost = onLost && { onLost };
    const writer = new ChainWriter({
      ...{ chain, store, end, orphans, checkpointEvery, onReport },
      signer: this.#signer,
      ...lost,
    });
    try {
      const mended = [...events, ...orphans.map(unknownOutcome)].map(
        (record) => writer.append(record).durable,
      );
      await Promise.all(mended);
    } catch (error) {
      await writer.close();
      throw error;
    }
    for (const { detail } of events)
      onReport(`audit chain ${chain} had a torn tail: ${JSON.stringify(detail)}`);
    if (orphans.length > 0)
      onReport(`audit chain ${chain}: ${orphans.length} calls ended with an unknown outcome`);
    return writer;
  }
}
