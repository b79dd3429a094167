import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditBook } from '../audit-book.ts';
import { hashLine, parseLine } from '../line.ts';
import type { ScannedLine } from '../scan-lines.ts';
import { type AuditView, callView, eventView, type StoredRequest } from '../views.ts';
import { type Block, type Group, groupOf } from './block.ts';
import { addGrams, callEntry, Grams, noRecentGrams } from './grams.ts';

/** A block ends with the record that reaches one of these. */
const RECORDS = 512;
const BYTES = 256 * 1024;
/** Milliseconds between two blocks, so that making them never takes more than a small part of this process's time. */
const PAUSE_MS = 20;

export interface IndexOptions {
  /** The last record that is durable; blocks reach no further. */
  readonly upTo?: number;
  readonly signal?: AbortSignal;
  /** Milliseconds to wait after each block. */
  readonly pauseMs?: number;
}

/** Makes the blocks of a chain that are missing, as far as its records fill them. Resolves with how many it made. */
export async function indexChain(
  book: AuditBook,
  chain: string,
  { upTo = Number.POSITIVE_INFINITY, signal, pauseMs = PAUSE_MS }: IndexOptions = {},
): Promise<number> {
  const last = await lastBlock(book, chain);
  const making = new BlockMaker(chain, last?.last ?? 0);
  for (const seq of last?.open ?? []) await making.recall(book, seq);
  let made = 0;
  for await (const lines of book.lines(chain, { fromSeq: (last?.last ?? 0) + 1 })) {
    for (const line of lines) {
      const block = making.take(line, upTo);
      if (block === 'end') return made;
      if (!block) continue;
      await book.keepBlock(chain, block);
      made += 1;
      await sleep(pauseMs);
      if (signal?.aborted) return made;
    }
  }
  return made;
}

async function lastBlock(book: AuditBook, chain: string): Promise<Block | undefined> {
  for await (const block of book.blocks(chain)) return block;
  return undefined;
}

interface Open {
  readonly record: StoredRequest;
  readonly text: string;
}

class BlockMaker {
  readonly #chain: string;
  readonly #open = new Map<string, Open>();
  #seq: number;
  #current: Gathered | undefined;

  constructor(chain: string, seq: number) {
    this.#chain = chain;
    this.#seq = seq;
  }

  /** Takes up a call again that was open where the last block ends. */
  async recall(book: AuditBook, seq: number): Promise<void> {
    for await (const lines of book.lines(this.#chain, { fromSeq: seq })) {
      for (const { bytes, complete } of lines) {
        const record = complete ? parseLine(bytes) : undefined;
        if (record?.seq !== seq) continue;
        if (record.kind === 'request') this.#open.set(record.call, { record, text: lowerCase(bytes) });
        return;
      }
    }
  }

  /** Takes the next line. A block when one is full with it; `end` where nothing more can be taken. */
  take({ bytes, offset, complete }: ScannedLine, upTo: number): Block | 'end' | undefined {
    const record = complete ? parseLine(bytes) : undefined;
    if (record && record.seq <= this.#seq) return undefined;
    // What is not as it was written stays outside, and so does all that follows: searches read it as it is.
    if (!record || record.seq !== this.#seq + 1 || record.seq > upTo) return 'end';
    this.#seq = record.seq;
    // A new segment begins a new block; the one before stays as short as it is.
    const done = offset === 0 ? this.#finish() : undefined;
    this.#current ??= new Gathered(record.seq, offset);
    const text = lowerCase(bytes);
    this.#current.add(text, bytes, offset);
    if (record.kind === 'event') this.#current.note(eventView(this.#chain, record));
    if (record.kind === 'request') this.#open.set(record.call, { record, text });
    if (record.kind === 'response') {
      const begun = this.#open.get(record.call);
      this.#open.delete(record.call);
      if (begun) {
        this.#current.note(callView(this.#chain, begun.record, record));
        this.#current.end(record.seq, begun.record.seq, begun.text);
      }
    }
    return done ?? (this.#current.isFull ? this.#finish() : undefined);
  }

  #finish(): Block | undefined {
    const block = this.#current?.block([...this.#open.values()].map(({ record }) => record.seq));
    this.#current = undefined;
    return block;
  }
}

/** What a block is made of. */
class Gathered {
  readonly #first: number;
  readonly #from: number;
  readonly #entries = new Set<number>();
  readonly #recent = noRecentGrams();
  readonly #groups = new Map<string, Group>();
  readonly #early: number[] = [];
  #lines = 0;
  #bytes = 0;
  #to = 0;
  #last: Buffer = Buffer.alloc(0);
  #ended = 0;
  #since = '';
  #until = '';

  constructor(first: number, from: number) {
    this.#first = first;
    this.#from = from;
  }

  get isFull(): boolean {
    return this.#lines >= RECORDS || this.#bytes >= BYTES;
  }

  add(text: string, bytes: Buffer, offset: number): void {
    addGrams(this.#entries, text, this.#recent);
    this.#lines += 1;
    this.#bytes += bytes.length + 1;
    this.#last = bytes;
    this.#to = offset + bytes.length + 1;
  }

  note(view: AuditView): void {
    const group = groupOf(view);
    this.#groups.set(JSON.stringify(group), group);
    this.#ended += 1;
    if (view.kind === 'call') this.#entries.add(callEntry(view.call));
    if (this.#since === '' || view.time < this.#since) this.#since = view.time;
    if (view.time > this.#until) this.#until = view.time;
  }

  end(response: number, request: number, text: string): void {
    if (request >= this.#first) return;
    this.#early.push(response, request);
    addGrams(this.#entries, text, this.#recent);
  }

  block(open: number[]): Block {
    return {
      first: this.#first,
      last: this.#first + this.#lines - 1,
      from: this.#from,
      to: this.#to,
      hash: hashLine(this.#last),
      ended: this.#ended,
      since: this.#since,
      until: this.#until,
      groups: JSON.stringify([...this.#groups.values()]),
      early: this.#early,
      open,
      grams: Grams.of(this.#entries).toString(),
    };
  }
}

const lowerCase = (bytes: Buffer): string => bytes.toString('utf8').toLowerCase();
