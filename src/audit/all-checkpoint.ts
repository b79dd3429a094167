import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { isSigned } from './checkpoint.ts';
import type { Signer } from './keys.ts';
import { GENESIS, hashLine } from './line.ts';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Content = z.strictObject({
  number: z.int().positive(),
  time: z.string(),
  prev: Hash,
  chains: z.array(z.strictObject({ chain: z.string(), seq: z.int().positive(), hash: Hash })),
  key: z.string(),
});
const Whole = z.strictObject({ ...Content.shape, signature: z.string() });

/** Where one chain ended. */
export interface ChainHead {
  readonly chain: string;
  /** Sequence number of its last record. */
  readonly seq: number;
  /** SHA-256 of that record's line. */
  readonly hash: string;
}

/**
 * A checkpoint over all chains: it names the head of every one of them, so that a chain that is removed whole, or put
 * back to an older state, is missed. `prev` is the SHA-256 of the checkpoint before; the first has zeros.
 */
export type AllCheckpoint = z.infer<typeof Whole>;

const signedText = (content: z.infer<typeof Content>): string => `all-chains:${JSON.stringify(content)}`;

/** Makes the checkpoint that follows the line `before`; returns its line, without a newline. */
export function makeAllCheckpoint(
  signer: Signer,
  before: { readonly number: number; readonly line: string } | undefined,
  heads: readonly ChainHead[],
): string {
  const content = {
    number: (before?.number ?? 0) + 1,
    time: new Date().toISOString(),
    prev: before ? hashLine(Buffer.from(before.line)) : GENESIS,
    chains: heads.map(({ chain, seq, hash }) => ({ chain, seq, hash })),
    key: signer.key,
  };
  return JSON.stringify({ ...content, signature: signer.sign(signedText(content)) });
}

/** Undefined unless the line is character for character as we write one; whether it is signed is another question. */
export function parseAllCheckpoint(line: string): AllCheckpoint | undefined {
  try {
    const parsed = Whole.safeParse(JSON.parse(line));
    return parsed.success && JSON.stringify(parsed.data) === line ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Whether one of the keys signed it. */
export function isAllCheckpointSigned(
  keys: ReadonlyMap<string, KeyObject>,
  { signature, ...content }: AllCheckpoint,
): boolean {
  const key = keys.get(content.key);
  return key !== undefined && isSigned(key, signedText(content), signature);
}
