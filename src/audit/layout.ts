import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../store/files/file-error.ts';

export { errorCode, isMissing } from '../store/files/file-error.ts';

const CHAIN = /^\d{4,}$/;
const SEGMENT = /^\d{12,}\.jsonl$/;

/** Folder of one chain below the audit folder: `<dir>/chains/0001`. */
export const chainPath = (dir: string, chain: string) => join(dir, 'chains', chain);

/** Folder of the signing key and of every public key that ever signed a checkpoint. */
export const keysPath = (dir: string) => join(dir, 'keys');

/** Name of the chain with this number: `0001`. */
export const chainName = (number: number) => String(number).padStart(4, '0');

/** Name of a segment, which is the sequence number of its first record: `000000000001.jsonl`. */
export const segmentName = (firstSeq: number) => `${String(firstSeq).padStart(12, '0')}.jsonl`;

/** Name of the file beside a segment that tells of its blocks: `000000000001.index`. */
export const indexName = (segment: string) => segment.replace(/\.jsonl$/, '.index');

/** The signed checkpoints over all chains, a line each. */
export const checkpointsPath = (dir: string) => join(dir, 'checkpoints', 'checkpoints.jsonl');

/** Sequence number that a segment's name promises for its first record. */
export const segmentFirstSeq = (segment: string) => Number.parseInt(segment, 10);

async function namesIn(folder: string, pattern: RegExp): Promise<string[]> {
  try {
    const names = (await readdir(folder)).filter((name) => pattern.test(name));
    return names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Names of all chains below the audit folder, lowest first; none when the folder does not exist. */
export const listChains = (dir: string) => namesIn(join(dir, 'chains'), CHAIN);

/** Names of a chain's segments in the order of their records. */
export const listSegments = (chainDir: string) => namesIn(chainDir, SEGMENT);
