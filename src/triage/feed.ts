import type { Feed as Lines } from '../store/logs.ts';
import type { Stores } from '../store/stores.ts';
import type { RunEvent } from './events.ts';
import { readEvent } from './events.ts';
import { createRunList, type RunList } from './run-list.ts';

/** An event and its number among those of all runs, from 1 and without a gap. */
export interface Numbered {
  readonly id: number;
  readonly event: RunEvent;
}

/** The events of every run of a store in one order, which stays the same after a restart and on every replica. */
export interface Feed {
  /** Takes an event of a run in; resolves once the store has it. One that it has already changes nothing. */
  add(event: RunEvent): Promise<void>;
  /** Those of some events that it has not. */
  missing(events: readonly RunEvent[]): Promise<readonly RunEvent[]>;
  /** Those after a number, and then each as it comes, until `signal` is aborted; of the named runs alone where some are named. */
  follow(after: number, signal: AbortSignal, runs?: ReadonlySet<string>): AsyncGenerator<Numbered>;
  /** The number of the newest event that this process has heard of; 0 before the first. */
  last(): number;
  page: RunList['page'];
  close(): Promise<void>;
}

/**
 * Opens it, and reads what it holds. What a run's journal holds and the feed does not, because a process ended in
 * between, is taken in by `add` of every stored event; the order in which they came is the order.
 */
export async function openFeed(stores: Pick<Stores, 'feed'>): Promise<Feed> {
  const lines = await stores.feed((text) => placeOf(readEvent(JSON.parse(text))));
  const known = await listen(lines);
  return {
    async add(event) {
      await lines.add(placeOf(event), JSON.stringify(event));
    },
    async missing(events) {
      const missing = new Set(await lines.missing(events.map(placeOf)));
      return events.filter((event) => missing.has(placeOf(event)));
    },
    last: known.last,
    page: known.page,
    async *follow(after, signal, runs) {
      for await (const { number, text } of lines.follow(after, signal)) {
        const event = readEvent(JSON.parse(text));
        if (!runs || runs.has(event.run)) yield { id: number, event };
      }
    },
    async close() {
      await known.close();
      await lines.close();
    },
  };
}

/** Keeps the list of runs, whoever adds to it. Resolves once it holds all that was there. */
async function listen(lines: Lines): Promise<Pick<Feed, 'last' | 'page' | 'close'>> {
  const list = createRunList();
  const stop = new AbortController();
  const upTo = await lines.last();
  let last = 0;
  let ready = () => {};
  const isThere = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const listening = (async () => {
    if (upTo === 0) ready();
    for await (const { number, text } of lines.follow(0, stop.signal)) {
      list.take(readEvent(JSON.parse(text)));
      last = number;
      if (last >= upTo) ready();
    }
  })();
  await Promise.race([isThere, listening]);
  return {
    last: () => last,
    page: list.page,
    async close() {
      stop.abort();
      await listening;
    },
  };
}

const placeOf = ({ run, seq }: RunEvent): string => `${run} ${seq}`;
