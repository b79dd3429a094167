import { type KeyObject, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../store/files/durable-file.ts';
import type { Signer } from './keys.ts';
import { isMissing } from './layout.ts';
import type { CheckpointRecord } from './record.ts';

const FILE = 'head.json';
const Head = z.strictObject({
  seq: z.int().positive(),
  hash: z.string(),
  open: z.int().nonnegative(),
  key: z.string(),
  signature: z.string(),
});

/** The chain's latest checkpoint, kept beside the segments so that a cut tail shows. */
export interface Head {
  /** Sequence number of the latest checkpoint record. */
  readonly seq: number;
  /** SHA-256 of that record's own line. */
  readonly hash: string;
  /** Calls that had begun and not ended there. */
  readonly open: number;
  readonly key: string;
  readonly signature: string;
}

const checkpointText = (chain: string, seq: number, head: string) => `checkpoint:${chain}:${seq}:${head}`;
const headText = (chain: string, head: Pick<Head, 'seq' | 'hash' | 'open'>) =>
  `head:${chain}:${head.seq}:${head.hash}:${head.open}`;

/** Makes the checkpoint record numbered `seq`, which follows the record whose hash is `head`. */
export const makeCheckpoint = (
  signer: Signer,
  chain: string,
  seq: number,
  head: string,
): CheckpointRecord => ({
  kind: 'checkpoint',
  head,
  key: signer.key,
  signature: signer.sign(checkpointText(chain, seq, head)),
});

/** Whether the signature of a checkpoint record is the key's. */
export const isCheckpointSigned = (
  key: KeyObject,
  chain: string,
  record: CheckpointRecord & { readonly seq: number },
) => isSigned(key, checkpointText(chain, record.seq, record.head), record.signature);

/** Whether the signature of `head.json` is the key's. */
export const isHeadSigned = (key: KeyObject, chain: string, head: Head) =>
  isSigned(key, headText(chain, head), head.signature);

/** Whether a signature, base64, is the key’s over a text. */
export function isSigned(key: KeyObject, text: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64');
  // Base64 has several spellings of the same bytes; only the one that we write counts.
  return bytes.toString('base64') === signature && verify(null, Buffer.from(text), key, bytes);
}

/** Signs where a chain stands; `head.seq` is a checkpoint record, `head.hash` its own line's. */
export const signHead = (signer: Signer, chain: string, head: Pick<Head, 'seq' | 'hash' | 'open'>): Head => ({
  ...head,
  key: signer.key,
  signature: signer.sign(headText(chain, head)),
});

/** Writes `head.json` of a chain in one step. The checkpoint record itself must be durable already. */
export const writeHead = (chainDir: string, head: Head): Promise<void> =>
  replaceFile(join(chainDir, FILE), serialiseHead(head), 0o600);

/** A head as text, the same wherever it is kept. */
export const serialiseHead = ({ seq, hash, open, key, signature }: Head) =>
  `${JSON.stringify({ seq, hash, open, key, signature })}\n`;

/** Reads `head.json`. `'damaged'` when it is not byte for byte as we write it; undefined when there is none. */
export async function readHead(chainDir: string): Promise<Head | 'damaged' | undefined> {
  try {
    return parseHead(await readFile(join(chainDir, FILE), 'utf8'));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** `'damaged'` unless the text is character for character as we write it. */
export function parseHead(text: string): Head | 'damaged' {
  try {
    const head = Head.safeParse(JSON.parse(text));
    return head.success && serialiseHead(head.data) === text ? head.data : 'damaged';
  } catch {
    return 'damaged';
  }
}
