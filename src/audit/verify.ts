import type { KeyObject } from 'node:crypto';
import type { AuditBook } from './audit-book.ts';
import { ChainCheck, type Problem } from './chain-check.ts';
import { ChainsCheck } from './chains-check.ts';
import { keyId, parsePublicKey } from './keys.ts';
import { chainName } from './layout.ts';

export interface VerifyOptions {
  /** Ed25519 public key (SPKI, PEM) kept elsewhere; then only its signatures count, whatever is published. */
  readonly publicKey?: string;
  /** A copy of a checkpoint over all chains that was kept elsewhere, as one line of JSON. */
  readonly checkpoint?: string;
  readonly onProgress?: (progress: {
    readonly chain: string;
    /** So much of the chain, in the engine's own measure. */
    readonly done: number;
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
  /** The checkpoints over all chains, and when the latest was made. */
  readonly checkpoints: { readonly count: number; readonly latest?: string };
  /** What is wrong with the audit as a whole: a missing chain, a damaged key, a checkpoint over all chains. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

/**
 * Checks every record of every chain; each line is parsed whole and its exact bytes are hashed.
 *
 * Found: a byte changed, a line removed, inserted or moved, a segment missing or out of order, a chain missing that a
 * later one or a checkpoint over all chains tells of, a checkpoint or a kept head that no published key signed, a tail
 * cut before the latest checkpoint, a request with two ends, an end without a request. With the copy of a checkpoint
 * from elsewhere also: an older state of everything that was put back.
 *
 * Not found, and why: changes to records after the latest checkpoint (`unsealed`), which nothing has signed yet; an
 * older state of everything, when no copy is at hand; anything done by one who has the signing key, or who may write
 * where public keys are published when no `publicKey` is given. Copy checkpoints to another machine, and pin the key,
 * against these. Throws when the audit cannot be read, and a TypeError for a key or a copy that is none.
 */
export async function verifyAudit(book: AuditBook, options: VerifyOptions = {}): Promise<AuditReport> {
  const began = performance.now();
  const { keys, problems } = await trustedKeys(book, options.publicKey);
  const all = new ChainsCheck(keys);
  if (options.checkpoint !== undefined) all.compareWith(options.checkpoint);
  // Before the records: chains that are written meanwhile may only grow past what checkpoints say.
  for await (const lines of book.checkpoints()) for (const line of lines) all.take(line);
  const names = await book.chains();
  const chains: ChainReport[] = [];
  for (const chain of names) chains.push(await verifyChain(book, chain, keys, all, options.onProgress));
  for (let number = 1; number <= Number(names.at(-1) ?? 0); number += 1) {
    if (!names.includes(chainName(number))) problems.push(`chain ${chainName(number)} is missing`);
  }
  const { problems: ofAll, ...checkpoints } = all.finish(
    names,
    chains.some(({ live }) => live),
  );
  problems.push(...ofAll);
  const ok = problems.length === 0 && chains.every((chain) => chain.problems.length === 0);
  return { ok, chains, checkpoints, problems, seconds: (performance.now() - began) / 1000 };
}

async function trustedKeys(
  book: AuditBook,
  pinned: string | undefined,
): Promise<{ keys: ReadonlyMap<string, KeyObject>; problems: string[] }> {
  if (pinned === undefined) {
    const { keys, damaged } = await book.publicKeys();
    return { keys, problems: damaged.map((path) => `${path} is not the public key that its name says`) };
  }
  const key = parsePublicKey(pinned);
  if (!key) throw new TypeError('the public key must be an Ed25519 key as PEM, as keys/<id>.pub holds it');
  return { keys: new Map([[keyId(key), key]]), problems: [] };
}

async function verifyChain(
  book: AuditBook,
  chain: string,
  keys: ReadonlyMap<string, KeyObject>,
  all: ChainsCheck,
  onProgress: VerifyOptions['onProgress'],
): Promise<ChainReport> {
  // Both before the records: a live chain may only grow past what they say.
  const live = await book.isLive(chain);
  const head = await book.head(chain);
  const parts = await book.parts(chain);
  const of = parts.reduce((sum, { size }) => sum + size, 0);
  const check = new ChainCheck({ chain, keys, head, headName: book.headName, named: all.named(chain) });
  let done = 0;
  for (const part of parts) {
    check.enter(part);
    for await (const lines of part.lines()) {
      for (const line of lines) {
        check.take(line, live);
        done += book.sizeOf(line);
      }
      onProgress?.({ chain, done, of });
    }
  }
  return { chain, live, ...check.finish(live) };
}
