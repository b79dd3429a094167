import { mkdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from './events.ts';
import { readEvent } from './events.ts';
import { createRunList, type RunList } from './run-list.ts';

/** An event and its number among those of all runs, from 1 and without a gap. */
export interface Numbered {
  readonly id: number;
  readonly event: RunEvent;
}

/** The events of every run of a data directory in one order, which stays the same after a restart. */
export interface Feed {
  /** Takes an event of a run in; resolves once the disk has it. One that it has already changes nothing. */
  add(event: RunEvent): Promise<void>;
  /** Those after a number, and then each as it comes, until `signal` is aborted; of the named runs alone where some are named. */
  follow(after: number, signal: AbortSignal, runs?: ReadonlySet<string>): AsyncGenerator<Numbered>;
  /** The number of the newest event; 0 before the first. */
  last(): number;
  page: RunList['page'];
  close(): Promise<void>;
}

/**
 * Opens it. What a run's journal holds and the feed does not, because a process ended in between, is taken in by
 * `add` of every stored event; the file's order is the order.
 */
export async function openFeed(dir: string): Promise<Feed> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, 'feed.jsonl');
  const handle = await open(file, 'a+', 0o600);
  const bytes = readFileSync(file);
  const whole = bytes.lastIndexOf(0x0a) + 1;
  await handle.truncate(whole);
  const events = bytes
    .subarray(0, whole)
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => readEvent(JSON.parse(line)));
  const known = new Set(events.map(placeOf));
  const list = createRunList();
  for (const event of events) list.take(event);
  const waiting = new Set<() => void>();
  let last: Promise<unknown> = Promise.resolve();

  const append = async (event: RunEvent) => {
    await handle.appendFile(`${JSON.stringify(event)}\n`);
    await handle.datasync();
    events.push(event);
    list.take(event);
    for (const wake of [...waiting]) wake();
  };
  return {
    add(event) {
      if (known.has(placeOf(event))) return Promise.resolve();
      known.add(placeOf(event));
      const next = last.then(() => append(event));
      last = next.catch(() => undefined);
      return next;
    },
    last: () => events.length,
    page: list.page,
    async *follow(after, signal, runs) {
      for (let at = Math.max(0, after); !signal.aborted; ) {
        const event = events[at];
        if (event) {
          at += 1;
          if (!runs || runs.has(event.run)) yield { id: at, event };
        } else await more(waiting, signal);
      }
    },
    async close() {
      await last;
      await handle.close();
    },
  };
}

const placeOf = ({ run, seq }: RunEvent): string => `${run} ${seq}`;

/** Resolves at the next event, or when nobody listens any more. */
function more(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      waiting.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    waiting.add(wake);
    signal.addEventListener('abort', wake, { once: true });
  });
}
