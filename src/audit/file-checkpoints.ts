import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../store/files/durable-file.ts';
import { holdChain } from '../store/files/hold.ts';
import { type ChainHead, makeAllCheckpoint, parseAllCheckpoint } from './all-checkpoint.ts';
import { isHeadSigned, readHead } from './checkpoint.ts';
import type { AddCheckpoint } from './checkpoint-keeper.ts';
import { readPublicKeys, type Signer } from './keys.ts';
import { chainPath, checkpointsPath, isMissing, listChains } from './layout.ts';
import { scanLinesBackwards } from './scan-lines.ts';

export interface FileCheckpointsParts {
  readonly dir: string;
  readonly signer: Signer;
  /** Where the chain of this process ends, as far as it is durable. */
  own(): ChainHead;
}

/** Adds checkpoints over all chains of a folder to one file of it; of several processes one at a time. */
export function fileCheckpoints({ dir, signer, own }: FileCheckpointsParts): AddCheckpoint {
  const path = checkpointsPath(dir);
  return async () => {
    const hold = await holdChain(dirname(path));
    if (!hold) return 'busy';
    try {
      const { line: before, end } = await lastLine(path);
      const known = before === undefined ? undefined : parseAllCheckpoint(before);
      if (before !== undefined && !known) throw new Error(`the last line of ${path} is no checkpoint`);
      const heads = await headsOf(dir, own(), known?.chains ?? []);
      if (heads.length === 0 || JSON.stringify(heads) === JSON.stringify(known?.chains)) return undefined;
      const line = makeAllCheckpoint(
        signer,
        known && before ? { number: known.number, line: before } : undefined,
        heads,
      );
      await append(path, end, `${line}\n`);
      return { number: (known?.number ?? 0) + 1, line };
    } finally {
      await hold.release();
    }
  };
}

/** The head of every chain: of our own as it is, of others as their signed heads say, or else as the checkpoint before did. */
async function headsOf(
  dir: string,
  own: ChainHead,
  before: readonly ChainHead[],
): Promise<readonly ChainHead[]> {
  const { keys } = await readPublicKeys(dir);
  const heads: ChainHead[] = [];
  for (const chain of await listChains(dir)) {
    const head = chain === own.chain ? undefined : await readHead(chainPath(dir, chain));
    const key = head && head !== 'damaged' ? keys.get(head.key) : undefined;
    const old = before.find((one) => one.chain === chain);
    if (chain === own.chain) {
      if (own.seq > 0) heads.push(own);
    } else if (
      head &&
      head !== 'damaged' &&
      key &&
      isHeadSigned(key, chain, head) &&
      head.seq >= (old?.seq ?? 0)
    )
      heads.push({ chain, seq: head.seq, hash: head.hash });
    else if (old) heads.push(old);
  }
  return heads;
}

/** The last whole line, and where it ends; what a crash left behind it does not count. */
async function lastLine(path: string): Promise<{ readonly line?: string; readonly end: number }> {
  try {
    for await (const lines of scanLinesBackwards(path)) {
      const last = lines.find(({ complete }) => complete);
      if (last) return { line: last.bytes.toString('utf8'), end: last.offset + last.bytes.length + 1 };
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return { end: 0 };
}

async function append(path: string, end: number, text: string): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    await file.truncate(end);
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}
