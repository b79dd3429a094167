import { ToolError } from './errors.ts';

/** Most keys that one ledger remembers; the oldest goes first. */
const MOST = 1000;

/** What this process knows of keys at one backend: which are at work, and a note on some. It ends with the process. */
export interface KeyLedger<T> {
  /** Does the work of a key. Throws ToolError('conflict') while other work of the same key is under way. */
  alone<R>(key: string, work: () => Promise<R>): Promise<R>;
  note(key: string, value: T): void;
  noted(key: string): T | undefined;
  forget(key: string): void;
  /** What is noted, the oldest first. */
  entries(): readonly (readonly [key: string, value: T])[];
}

function createKeyLedger<T>(): KeyLedger<T> {
  const atWork = new Set<string>();
  const notes = new Map<string, T>();
  return {
    async alone(key, work) {
      if (atWork.has(key))
        throw new ToolError('conflict', 'the same key is at work in another call; wait for its answer');
      atWork.add(key);
      try {
        return await work();
      } finally {
        atWork.delete(key);
      }
    },
    note(key, value) {
      notes.delete(key);
      notes.set(key, value);
      const [oldest] = notes.keys();
      if (notes.size > MOST && oldest !== undefined) notes.delete(oldest);
    },
    noted: (key) => notes.get(key),
    forget: (key) => void notes.delete(key),
    entries: () => [...notes],
  };
}

/** One ledger a backend, by a name of its place that holds no credential. */
export function createKeyLedgers<T>(): (place: string) => KeyLedger<T> {
  const ledgers = new Map<string, KeyLedger<T>>();
  return (place) => {
    const ledger = ledgers.get(place) ?? createKeyLedger<T>();
    ledgers.set(place, ledger);
    return ledger;
  };
}
