import type { KeyObject } from 'node:crypto';
import {
  type AllCheckpoint,
  type ChainHead,
  isAllCheckpointSigned,
  parseAllCheckpoint,
} from './all-checkpoint.ts';
import { GENESIS, hashLine } from './line.ts';
import type { ScannedLine } from './scan-lines.ts';

const MOST_PROBLEMS = 100;
const NOTHING: ReadonlyMap<number, readonly NamedHead[]> = new Map();

/** What a checkpoint over all chains says of one record. */
export interface NamedHead {
  readonly hash: string;
  /** Which checkpoint says so. */
  readonly by: string;
}

/** Checks the checkpoints over all chains in their order, and gathers what they say of each chain. */
export class ChainsCheck {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #problems: string[] = [];
  readonly #named = new Map<string, Map<number, NamedHead[]>>();
  #hash = GENESIS;
  #count = 0;
  #last: AllCheckpoint | undefined;
  #copy: { readonly line: string; readonly checkpoint: AllCheckpoint } | undefined;
  #copySeen = false;
  #isUnfinished = false;

  constructor(keys: ReadonlyMap<string, KeyObject>) {
    this.#keys = keys;
  }

  /** Takes a copy that was kept elsewhere. Throws a TypeError where it is none, or nobody trusted signed it. */
  compareWith(text: string): void {
    const line = text.replace(/\r?\n$/, '');
    const checkpoint = parseAllCheckpoint(line);
    if (!checkpoint) throw new TypeError('it is not a checkpoint as Stackward writes it, or not one alone');
    if (!isAllCheckpointSigned(this.#keys, checkpoint))
      throw new TypeError(`no key that is trusted here signed it; it names key ${checkpoint.key}`);
    this.#copy = { line, checkpoint };
    for (const head of checkpoint.chains) this.#note(head, `the copy of checkpoint ${checkpoint.number}`);
  }

  /** Takes the next line. One that has no end is still being written. */
  take({ bytes, complete }: ScannedLine): void {
    if (!complete) {
      this.#isUnfinished = true;
      return;
    }
    this.#count += 1;
    const line = bytes.toString('utf8');
    const checkpoint = parseAllCheckpoint(line);
    if (!checkpoint) this.#report(`checkpoint ${this.#count} over all chains is not as it was written`);
    else this.#check(checkpoint, line);
    this.#hash = hashLine(bytes);
  }

  #check(checkpoint: AllCheckpoint, line: string): void {
    const { number, prev, chains } = checkpoint;
    const name = `checkpoint ${number} over all chains`;
    if (number !== this.#count) this.#report(`${name} stands where ${this.#count} belongs`);
    if (prev !== this.#hash) this.#report(`${name} does not follow the one before it as that stands now`);
    if (!isAllCheckpointSigned(this.#keys, checkpoint)) this.#report(`no published key signed ${name}`);
    for (const { chain, seq } of this.#last?.chains ?? []) {
      const now = chains.find((one) => one.chain === chain);
      if (!now || now.seq < seq)
        this.#report(`${name} leaves out records of chain ${chain} that the one before names`);
    }
    if (number === this.#copy?.checkpoint.number) {
      this.#copySeen = true;
      if (line !== this.#copy.line) this.#report(`${name} is another than its copy`);
    }
    for (const head of chains) this.#note(head, name);
    this.#last = checkpoint;
  }

  #note({ chain, seq, hash }: ChainHead, by: string): void {
    const ofChain = this.#named.get(chain) ?? new Map<number, NamedHead[]>();
    const here = ofChain.get(seq) ?? [];
    // A chain at rest is named again and again.
    if (!here.some((one) => one.hash === hash)) here.push({ hash, by });
    ofChain.set(seq, here);
    this.#named.set(chain, ofChain);
  }

  /** What was found of one chain, by sequence number. */
  named(chain: string): ReadonlyMap<number, readonly NamedHead[]> {
    return this.#named.get(chain) ?? NOTHING;
  }

  /** To be called once all lines were taken, with the chains that there are; `live` says whether one is being written. */
  finish(chains: readonly string[], live: boolean) {
    if (this.#isUnfinished && !live) this.#report('the last checkpoint over all chains has no end');
    if (this.#copy && !this.#copySeen)
      this.#report(
        `checkpoint ${this.#copy.checkpoint.number} over all chains, which is kept as a copy, is missing: an older state was put back`,
      );
    for (const [chain, heads] of this.#named) {
      const [first] = [...heads.values()].flat();
      if (!chains.includes(chain)) this.#report(`chain ${chain} is missing; ${first?.by} names it`);
    }
    return { count: this.#count, ...(this.#last && { latest: this.#last.time }), problems: this.#problems };
  }

  #report(problem: string): void {
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push(problem);
  }
}
