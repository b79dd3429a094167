import { every } from '../every.ts';

/** Tells from signs of life whether the database can be written, without waiting for a call. */
export interface Pulse {
  /** Why it cannot; undefined while it can. */
  trouble(): string | undefined;
  /** For how long it has been without trouble, in milliseconds. */
  soundFor(): number;
  stop(): Promise<void>;
}

export interface PulseSettings {
  /** Does what shows it. */
  beat(): Promise<void>;
  readonly everyMs: number;
  /** Milliseconds that one beat may take. */
  readonly patienceMs: number;
}

export function startPulse({ beat, everyMs, patienceMs }: PulseSettings): Pulse {
  let failure: string | undefined;
  let since = performance.now();
  // Counted in turns of this process: while it stands still itself, the database has not been slow.
  let turns = 0;
  const waiting = setInterval(() => {
    turns += 1;
  }, everyMs).unref();
  const slow = () =>
    turns * everyMs > patienceMs ? `the database has not answered for ${turns * everyMs} ms` : undefined;
  const stop = every(everyMs, async () => {
    try {
      await beat();
      if (failure !== undefined || slow() !== undefined) since = performance.now();
      failure = undefined;
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    turns = 0;
  });
  return {
    trouble: () => failure ?? slow(),
    soundFor: () => (failure === undefined ? performance.now() - since : 0),
    stop() {
      clearInterval(waiting);
      return stop();
    },
  };
}
