import type { KeyObject } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isHeld } from '../store/files/hold.ts';
import { ChainCheck, type Problem } from './chain-check.ts';
import { type Head, readHead } from './checkpoint.ts';
import { keyId, parsePublicKey, readPublicKeys } from './keys.ts';
import { chainName, chainPath, listChains, listSegments } from './layout.ts';
import { scanLines } from './scan-lines.ts';

export interface VerifyOptions {
  /** Ed25519 public key (SPKI, PEM) kept elsewhere; then only its signatures count, whatever `keys/` holds. */
  readonly publicKey?: string;
  readonly onProgress?: (progress: {
    readonly chain: string;
    readonly bytes: number;
    readonly of: number;
  }) => void;
}

export interface ChainReport {
  readonly chain: string;
  readonly records: number;
  readonly checkpoints: number;
  /** 0 in an empty chain. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** SHA-256 of the last record's line. */
  readonly head: string;
  /** Requests without a response: calls in flight, or of a process that died and was not started again. */
  readonly orphanIntents: number;
  /** Records after the last good checkpoint. Whoever can write the files could change or cut these unseen. */
  readonly unsealed: number;
  /** Whether a living process was writing the chain. */
  readonly live: boolean;
  /** The first hundred. */
  readonly problems: readonly Problem[];
}

export interface AuditReport {
  readonly ok: boolean;
  readonly chains: readonly ChainReport[];
  /** What is wrong with the folder as a whole: a missing chain, a damaged key. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

/**
 * Checks every record of every chain; each line is parsed whole and its exact bytes are hashed.
 *
 * Found: a byte changed, a line removed, inserted or moved, a segment missing or out of order, a chain missing
 * below a later one, a checkpoint or `head.json` that no published key signed, a tail cut before the latest
 * checkpoint, a request with two ends, an end without a request.
 *
 * Not found, and why: changes to records after the latest checkpoint (`unsealed`), which nothing has signed yet; a
 * chain put back, together with its `head.json`, to an older checkpoint or to before its first; the highest chains
 * removed whole; anything done by one who has the signing key, or who may write `keys/` when no `publicKey` is given.
 * Copy checkpoints or exports to another machine, and pin the key, against these. Throws when a file cannot be read.
 */
export async function verifyAudit(dir: string, options: VerifyOptions = {}): Promise<AuditReport> {
  const began = performance.now();
  const { keys, problems } = await trustedKeys(dir, options.publicKey);
  const names = await listChains(dir);
  const chains: ChainReport[] = [];
  for (const chain of names) chains.push(await verifyChain(dir, chain, keys, options.onProgress));
  for (let number = 1; number <= Number(names.at(-1) ?? 0); number += 1) {
    if (!names.includes(chainName(number))) problems.push(`chain ${chainName(number)} is missing`);
  }
  const ok = problems.length === 0 && chains.every((chain) => chain.problems.length === 0);
  return { ok, chains, problems, seconds: (performance.now() - began) / 1000 };
}

async function trustedKeys(
  dir: string,
  pinned: string | undefined,
): Promise<{ keys: ReadonlyMap<string, KeyObject>; problems: string[] }> {
  if (pinned === undefined) {
    const { keys, damaged } = await readPublicKeys(dir);
    return { keys, problems: damaged.map((path) => `${path} is not the public key that its name says`) };
  }
  const key = parsePublicKey(pinned);
  if (!key) throw new TypeError('the public key must be an Ed25519 key as PEM, as keys/<id>.pub holds it');
  return { keys: new Map([[keyId(key), key]]), problems: [] };
}

async function verifyChain(
  dir: string,
  chain: string,
  keys: ReadonlyMap<string, KeyObject>,
  onProgress: VerifyOptions['onProgress'],
): Promise<ChainReport> {
  const chainDir = chainPath(dir, chain);
  // Both before the records: a live chain may only grow past what they say.
  const live = await isHeld(chainDir);
  const head: Head | 'damaged' | undefined = await readHead(chainDir);
  const segments = await listSegments(chainDir);
  const of = await totalSize(chainDir, segments);
  const check = new ChainCheck(chain, keys, head);
  let bytes = 0;
  for (const segment of segments) {
    check.enter(segment);
    for await (const lines of scanLines(join(chainDir, segment))) {
      for (const line of lines) check.take(line, live);
      bytes += lines.reduce((sum, line) => sum + line.bytes.length + 1, 0);
      onProgress?.({ chain, bytes, of });
    }
  }
  return { chain, live, ...check.finish(live) };
}

async function totalSize(chainDir: string, segments: readonly string[]): Promise<number> {
  const sizes = await Promise.all(segments.map(async (name) => (await stat(join(chainDir, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
