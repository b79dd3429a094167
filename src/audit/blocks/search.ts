import type { AuditBook } from '../audit-book.ts';
import { hashLine, parseLine } from '../line.ts';
import { type AuditFilter, matcher } from '../matcher.ts';
import type { StoredRecord } from '../record.ts';
import type { ScannedLine } from '../scan-lines.ts';
import { type AuditView, callView, eventView, type StoredResponse } from '../views.ts';
import type { Block } from './block.ts';
import { blockFilter } from './block-filter.ts';

/** Clocks are set back at times; records this much older than asked for end a search. */
const CLOCK_STEP_MS = 60 * 60 * 1000;

/** One step of a search: a call or an event that was found, or some that were looked at in vain. */
export interface SearchStep {
  readonly view?: AuditView;
  /** Calls and events that were looked at since the step before, this one included. */
  readonly looked: number;
  /** How far back the search is. */
  readonly time: string;
}

/** Searches one chain from its newest call to its oldest. What its blocks say cannot match is not read. */
export async function* searchChain(
  book: AuditBook,
  chain: string,
  filter: AuditFilter,
): AsyncGenerator<SearchStep> {
  const pass = new Backwards(chain, filter);
  let below: number | undefined;
  for await (const block of book.blocks(chain)) {
    if (below === undefined) {
      yield* pass.through(book.lines(chain, { reverse: true }), block.last);
      pass.begin(block);
    } else if (block.last !== below - 1) break;
    if (pass.isOver) return;
    if (pass.needs(block)) {
      const lines = await book.linesOf(chain, block);
      if (!fits(block, lines)) break;
      yield* pass.block(block, lines);
    } else yield { looked: block.ended, time: block.until };
    pass.passed(block);
    below = block.first;
  }
  // Without blocks, or from where they do not fit on, the records are read as they are.
  if (below !== 1)
    yield* pass.through(
      book.lines(chain, { reverse: true, ...(below !== undefined && { fromSeq: below - 1 }) }),
      0,
    );
}

/** Whether a block was made of the very lines that are in its place. */
function fits({ first, last, hash }: Block, lines: readonly ScannedLine[]): boolean {
  const end = lines.at(-1);
  return lines.length === last - first + 1 && end !== undefined && hashLine(end.bytes) === hash;
}

/** The requests, by their responses, of the calls that end in a block and begin before it. */
function earlyOf({ early }: Block): ReadonlyMap<number, number> {
  const requests = new Map<number, number>();
  for (let at = 0; at + 1 < early.length; at += 2) requests.set(early[at] ?? 0, early[at + 1] ?? 0);
  return requests;
}

/** One way back through a chain: responses come before their requests, and wait for them. */
class Backwards {
  isOver = false;
  readonly #chain: string;
  readonly #matches: (view: AuditView) => boolean;
  readonly #mayMatch: (block: Block) => boolean;
  readonly #text: string | undefined;
  readonly #outcome: string | undefined;
  readonly #oldest: string;
  /** Responses by their call. */
  readonly #waiting = new Map<string, StoredResponse>();
  /** Responses by the number of their request, which lies in a block further back. */
  readonly #wanted = new Map<number, StoredResponse>();
  /** Requests without an end where the newest block ends; undefined before that. */
  #open: Set<number> | undefined;

  constructor(chain: string, filter: AuditFilter) {
    this.#chain = chain;
    this.#matches = matcher(filter);
    this.#mayMatch = blockFilter(filter);
    this.#text = filter.text?.toLowerCase();
    this.#outcome = filter.outcome;
    this.#oldest = filter.since ? new Date(filter.since.getTime() - CLOCK_STEP_MS).toISOString() : '';
  }

  /** From here on there are blocks. */
  begin({ open }: Block): void {
    this.#open = new Set(open);
  }

  needs(block: Block): boolean {
    return this.#mayMatch(block) || this.#requestsIn(block).length > 0;
  }

  passed({ ended, until }: Block): void {
    this.isOver ||= ended > 0 && until < this.#oldest;
  }

  /** Reads lines that no block tells of, down to the record `until`, which is not read. */
  async *through(groups: AsyncIterable<readonly ScannedLine[]>, until: number): AsyncGenerator<SearchStep> {
    for await (const lines of groups) {
      for (const { bytes, complete } of lines) {
        const record = complete ? parseLine(bytes) : undefined;
        if (!record) continue;
        if (record.seq <= until || this.isOver) return;
        this.isOver = record.time < this.#oldest;
        if (this.isOver) return;
        if (record.kind === 'response') this.#waiting.set(record.call, record);
        yield* this.#step(record);
      }
    }
  }

  *block(block: Block, lines: readonly ScannedLine[]): Generator<SearchStep> {
    const early = earlyOf(block);
    const only = this.#linesToRead(block, lines, early);
    let found = 0;
    for (let at = lines.length - 1; at >= 0; at -= 1) {
      const seq = block.first + at;
      const line = lines[at];
      const record = line && (only?.has(seq) ?? true) ? parseLine(line.bytes) : undefined;
      if (!record) continue;
      const request = early.get(seq);
      if (record.kind !== 'response')
        for (const step of this.#step(record)) {
          found += step.looked;
          yield step;
        }
      else if (this.#outcome !== undefined && record.outcome !== this.#outcome) continue;
      else if (request === undefined) this.#waiting.set(record.call, record);
      else this.#wanted.set(request, record);
    }
    yield { looked: Math.max(0, block.ended - found), time: block.since };
  }

  /** The lines that have to be read; undefined for all. With a text to look for that no line holds, few do. */
  #linesToRead(
    block: Block,
    lines: readonly ScannedLine[],
    early: ReadonlyMap<number, number>,
  ): ReadonlySet<number> | undefined {
    // Read only for calls that end further on: none that ends here can match.
    if (!this.#mayMatch(block)) return new Set(this.#requestsIn(block));
    const text = this.#text;
    if (text === undefined) return undefined;
    const isHere = lines.some(({ bytes }) => bytes.toString('utf8').toLowerCase().includes(text));
    return isHere ? undefined : new Set([...early.keys(), ...this.#requestsIn(block)]);
  }

  /** Requests of the block whose ends came by further on, or that have none. */
  #requestsIn({ first, last }: Block): number[] {
    return [...this.#wanted.keys(), ...(this.#open ?? [])].filter((seq) => seq >= first && seq <= last);
  }

  *#step(record: StoredRecord): Generator<SearchStep> {
    const view = this.#viewOf(record);
    if (view) yield { looked: 1, time: record.time, ...(this.#matches(view) && { view }) };
  }

  #viewOf(record: StoredRecord): AuditView | undefined {
    if (record.kind === 'event') return eventView(this.#chain, record);
    if (record.kind !== 'request') return undefined;
    const response = this.#waiting.get(record.call) ?? this.#wanted.get(record.seq);
    this.#waiting.delete(record.call);
    this.#wanted.delete(record.seq);
    // An end that is not at hand lies in a block that cannot match, and so does the call.
    const isOpen = this.#open?.has(record.seq) ?? true;
    return response || isOpen ? callView(this.#chain, record, response) : undefined;
  }
}
