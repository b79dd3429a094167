import type { Stores } from '../store/stores.ts';
import type { RunEvent } from './events.ts';
import { readEvent } from './events.ts';

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
  /** Those after a number, and then each as it comes, until `signal` is aborted. */
  follow(after: number, signal: AbortSignal): AsyncGenerator<Numbered>;
  close(): Promise<void>;
}

/**
 * Opens it. What a run's journal holds and the feed does not, because a process ended in between, is taken in by
 * `add` of every stored event; the order in which they came is the order.
 */
export async function openFeed(stores: Pick<Stores, 'feed'>): Promise<Feed> {
  const lines = await stores.feed((text) => placeOf(readEvent(JSON.parse(text))));
  return {
    add: (event) => lines.add(placeOf(event), JSON.stringify(event)),
    async missing(events) {
      const missing = new Set(await lines.missing(events.map(placeOf)));
      return events.filter((event) => missing.has(placeOf(event)));
    },
    async *follow(after, signal) {
      for await (const { number, text } of lines.follow(after, signal))
        yield { id: number, event: readEvent(JSON.parse(text)) };
    },
    close: lines.close,
  };
}

const placeOf = ({ run, seq }: RunEvent): string => `${run} ${seq}`;
