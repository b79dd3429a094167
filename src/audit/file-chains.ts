import { type Hold, holdChain } from '../store/files/hold.ts';
import type { ChainStore, Chains, TakenChain } from './chain-store.ts';
import { writeHead } from './checkpoint.ts';
import { chainPath, listChains } from './layout.ts';
import { recoverChain } from './recover.ts';
import { Reserve } from './reserve.ts';
import { type OpenSegment, Segments } from './segments.ts';

export interface FileChainsSettings {
  readonly dir: string;
  readonly reserveBytes: number;
  readonly maxSegmentBytes: number;
  readonly open?: OpenSegment;
}

/** The chains of an audit folder. */
export function fileChains({ dir, reserveBytes, maxSegmentBytes, open }: FileChainsSettings): Chains {
  return {
    list: () => listChains(dir),
    // Whether a holder died shows only when one tries to take hold.
    abandoned: () => listChains(dir),
    async take(chain): Promise<TakenChain | string | undefined> {
      const chainDir = chainPath(dir, chain);
      const hold = await holdChain(chainDir);
      if (!hold) return undefined;
      try {
        const recovered = await recoverChain(chainDir);
        if (typeof recovered === 'string') {
          await hold.release();
          return recovered;
        }
        const segments = new Segments(chainDir, recovered.end, { maxBytes: maxSegmentBytes, open });
        const reserve = new Reserve(dir, reserveBytes);
        // A torn tail has to be recorded whatever space there is; writing it looks at the disk.
        if (recovered.events.length === 0) await reserve.refresh();
        return { ...recovered, store: fileStore({ chainDir, hold, segments, reserve }) };
      } catch (error) {
        await hold.release();
        throw error;
      }
    },
  };
}

interface Parts {
  readonly chainDir: string;
  readonly hold: Hold;
  readonly segments: Segments;
  readonly reserve: Reserve;
}

const fileStore = ({ chainDir, hold, segments, reserve }: Parts): ChainStore => ({
  held: hold.held,
  disk: { folder: reserve.folder, reserveBytes: reserve.bytes },
  shortage: () => reserve.shortage(),
  async commit(batch, _openFrom, written) {
    await reserve.refresh();
    if (!hold.held()) throw new Error('the hold on the chain was lost while the disk was looked at');
    await segments.write(batch.bytes(), batch.firstSeq);
    written();
    await segments.sync();
  },
  async settle() {
    await segments.rollback();
    return 'gone';
  },
  beat: async () => {},
  keepHead: (head) => writeHead(chainDir, head),
  async close() {
    reserve.close();
    await segments.close();
    await hold.release();
  },
});
