import { type Hold, holdChain } from '../store/files/hold.ts';
import { ChainWriter } from './chain-writer.ts';
import type { Signer } from './keys.ts';
import { chainName, chainPath, listChains } from './layout.ts';
import { type Recovered, recoverChain, unknownOutcome } from './recover.ts';
import { Reserve } from './reserve.ts';
import { type OpenSegment, Segments } from './segments.ts';

export interface ChainSettings {
  readonly dir: string;
  readonly checkpointEvery: number;
  readonly reserveBytes: number;
  readonly maxSegmentBytes: number;
  readonly onReport: (message: string) => void;
  readonly open?: OpenSegment;
}

/** Opens the chains of one audit folder, mending what dead processes left. */
export class ChainOpener {
  readonly #settings: ChainSettings;
  readonly #signer: Signer;
  readonly #damaged = new Set<string>();

  constructor(settings: ChainSettings, signer: Signer) {
    this.#settings = settings;
    this.#signer = signer;
  }

  /** Mends every chain that nobody holds and keeps the lowest open; undefined when there is none. */
  async openLowest(): Promise<ChainWriter | undefined> {
    let lowest: ChainWriter | undefined;
    for (const chain of await listChains(this.#settings.dir)) {
      const writer = await this.#open(chain);
      if (lowest) await writer?.close();
      else lowest = writer;
    }
    return lowest;
  }

  /** Begins a new chain. */
  async openNew(): Promise<ChainWriter> {
    for (let number = (await listChains(this.#settings.dir)).length + 1; ; number += 1) {
      const writer = await this.#open(chainName(number));
      if (writer) return writer;
    }
  }

  /** Mends the chains of processes that died since; `own` is left alone. Reports what it cannot do. */
  async mendOthers(own: string): Promise<void> {
    try {
      for (const chain of await listChains(this.#settings.dir)) {
        if (chain !== own && !this.#damaged.has(chain)) await (await this.#open(chain))?.close();
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#settings.onReport(`audit chains of other processes could not be looked after: ${reason}`);
    }
  }

  /** Opens one chain; undefined when a living process holds it or it is damaged. */
  async #open(chain: string): Promise<ChainWriter | undefined> {
    const chainDir = chainPath(this.#settings.dir, chain);
    const hold = await holdChain(chainDir);
    if (!hold) return undefined;
    try {
      const recovered = await recoverChain(chainDir);
      if (typeof recovered !== 'string') return await this.#continue(chain, hold, recovered);
      this.#damaged.add(chain);
      this.#settings.onReport(
        `audit chain ${chain} is damaged and stays as it is: ${recovered}; run stackward audit verify`,
      );
    } catch (error) {
      await hold.release();
      throw error;
    }
    await hold.release();
    return undefined;
  }

  async #continue(chain: string, hold: Hold, { end, orphans, events }: Recovered): Promise<ChainWriter> {
    const { dir, reserveBytes, maxSegmentBytes, checkpointEvery, onReport, open } = this.#settings;
    const chainDir = chainPath(dir, chain);
    const segments = new Segments(chainDir, end, { maxBytes: maxSegmentBytes, open });
    const reserve = new Reserve(dir, reserveBytes);
    const signer = this.#signer;
    const writer = new ChainWriter({
      chain,
      chainDir,
      end,
      orphans,
      signer,
      hold,
      segments,
      reserve,
      checkpointEvery,
      onReport,
    });
    try {
      const mended = [...events, ...orphans.map(unknownOutcome)].map(
        (record) => writer.append(record).durable,
      );
      await Promise.all(mended);
      await reserve.refresh();
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
