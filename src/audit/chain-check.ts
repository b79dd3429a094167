import type { KeyObject } from 'node:crypto';
import type { ChainPart } from './audit-book.ts';
import type { NamedHead } from './chains-check.ts';
import { type Head, isCheckpointSigned, isHeadSigned } from './checkpoint.ts';
import { GENESIS, hashLine, parseLine } from './line.ts';
import type { CheckpointRecord, StoredRecord } from './record.ts';
import type { ScannedLine } from './scan-lines.ts';

const MOST_PROBLEMS = 100;

/** One thing that is wrong with a chain, and where. */
export interface Problem {
  readonly file: string;
  /** From 1; 0 when it is about the whole file. */
  readonly line: number;
  /** Of the record at this place, or the one that should be. */
  readonly seq: number;
  readonly problem: string;
}

export interface ChainCheckParts {
  readonly chain: string;
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly head: Head | 'damaged' | undefined;
  /** What to call the head where it does not hold. */
  readonly headName: string;
  /** What checkpoints over all chains say of this one, by sequence number. */
  readonly named: ReadonlyMap<number, readonly NamedHead[]>;
}

/** Checks the records of one chain in order. After a problem it goes on from what it found. */
export class ChainCheck {
  readonly #chain: string;
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #head: Head | 'damaged' | undefined;
  readonly #headName: string;
  /** What checkpoints over all chains say of this one, by sequence number; what was found is taken out. */
  readonly #named: Map<number, readonly NamedHead[]>;
  readonly #problems: Problem[] = [];
  readonly #open = new Set<string>();
  #file = '';
  #line = 0;
  #records = 0;
  #checkpoints = 0;
  #firstSeq = 0;
  #seq = 0;
  #hash = GENESIS;
  #sealed = 0;
  #headSeen = false;

  constructor({ chain, keys, head, headName, named }: ChainCheckParts) {
    this.#chain = chain;
    this.#keys = keys;
    this.#head = head;
    this.#headName = headName;
    this.#named = new Map(named);
  }

  enter({ name, firstSeq }: Pick<ChainPart, 'name' | 'firstSeq'>): void {
    this.#file = name;
    this.#line = 0;
    if (firstSeq !== this.#seq + 1) {
      this.#report(`the records from ${this.#seq + 1} on are missing: a segment was removed or renamed`);
    }
  }

  /** Checks one line. The unfinished last line of a chain that is being written is passed over. */
  take({ bytes, complete, seq }: ScannedLine, live: boolean): void {
    this.#line += 1;
    if (!complete && live) return;
    const record = complete ? parseLine(bytes) : undefined;
    if (!record) this.#report(complete ? 'the line is not an audit record' : 'the line has no end');
    else this.#checkPlace(record, seq);
    this.#records += 1;
    this.#seq = record?.seq ?? this.#seq + 1;
    this.#firstSeq ||= this.#seq;
    if (record) this.#checkContent(record);
    this.#hash = hashLine(bytes);
    this.#checkHead();
    this.#checkNamed();
  }

  #checkPlace(record: StoredRecord, keptAs: number | undefined): void {
    if (keptAs !== undefined && keptAs !== record.seq)
      this.#report(`record ${record.seq} is kept as number ${keptAs}`);
    if (record.seq !== this.#seq + 1)
      this.#report(`record ${record.seq} stands where ${this.#seq + 1} belongs`);
    if (record.prev !== this.#hash) {
      this.#report('the hash of the record before does not match: it was changed, removed or moved');
    }
  }

  #checkContent(record: StoredRecord): void {
    if (record.kind === 'request') {
      if (this.#open.has(record.call)) this.#report(`call ${record.call} begins twice`);
      this.#open.add(record.call);
    } else if (record.kind === 'response') {
      if (!this.#open.delete(record.call))
        this.#report(`call ${record.call} ends without a beginning, or twice`);
    } else if (record.kind === 'checkpoint') {
      this.#checkpoints += 1;
      this.#checkSignature(record);
    }
  }

  #checkSignature(record: CheckpointRecord & { readonly seq: number }): void {
    const key = this.#keys.get(record.key);
    if (!key) this.#report(`the checkpoint is signed with key ${record.key}, which is not a published one`);
    else if (record.head !== this.#hash) this.#report('the checkpoint is about other records than these');
    else if (!isCheckpointSigned(key, this.#chain, record))
      this.#report('the checkpoint’s signature is wrong');
    else this.#sealed = record.seq;
  }

  #checkHead(): void {
    if (this.#head === undefined || this.#head === 'damaged' || this.#head.seq !== this.#seq) return;
    this.#headSeen = true;
    if (this.#head.hash !== this.#hash)
      this.#report(`${this.#headName} was made for another record in this place`);
  }

  #checkNamed(): void {
    const named = this.#named.get(this.#seq);
    if (!named) return;
    this.#named.delete(this.#seq);
    for (const { hash, by } of named)
      if (hash !== this.#hash) this.#report(`${by} was made for another record in this place`);
  }

  #checkRest(): void {
    this.#line = 0;
    for (const [seq, named] of this.#named) {
      if (seq > this.#seq)
        this.#report(`the chain ends before record ${seq}, which ${named[0]?.by} names: it was cut`);
      else this.#report(`record ${seq}, which ${named[0]?.by} names, is missing`);
    }
  }

  #checkHeadFile(live: boolean): void {
    this.#line = 0;
    this.#file = this.#headName;
    const head = this.#head;
    if (head === 'damaged') this.#report('the file is not as it was written');
    else if (head === undefined) {
      if (this.#checkpoints > 0 && !live) this.#report('the file is missing, though there are checkpoints');
    } else {
      const key = this.#keys.get(head.key);
      if (!key || !isHeadSigned(key, this.#chain, head)) this.#report('no published key signed the file');
      if (!this.#headSeen)
        this.#report(`the chain ends before record ${head.seq}, which was sealed: it was cut`);
    }
  }

  #report(problem: string): void {
    if (this.#problems.length >= MOST_PROBLEMS) return;
    this.#problems.push({ file: this.#file, line: this.#line, seq: this.#seq, problem });
  }

  /** What was found in the whole chain. */
  finish(live: boolean) {
    this.#checkHeadFile(live);
    this.#checkRest();
    return {
      records: this.#records,
      checkpoints: this.#checkpoints,
      firstSeq: this.#firstSeq,
      lastSeq: this.#seq,
      head: this.#hash,
      orphanIntents: this.#open.size,
      unsealed: this.#seq - this.#sealed,
      problems: this.#problems,
    };
  }
}
