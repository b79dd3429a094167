import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Documents } from '../store/documents.ts';
import type { JsonValue } from '../toolset/define.ts';

/** An object that is missing, or is not what its name says. */
export class DamagedObject extends Error {
  readonly hash: string;
  constructor(hash: string, what: string) {
    super(`the object ${hash} ${what}; restore it from a copy of the store, or import an export`);
    this.name = 'DamagedObject';
    this.hash = hash;
  }
}

/** JSON values by the SHA-256 of their canonical text (RFC 8785): the same value is stored once, whoever stores it. */
export interface ObjectStore {
  /** Stores a value durably; returns its hash (hex). */
  put(value: JsonValue): Promise<string>;
  /** Throws DamagedObject. */
  get(hash: string): Promise<JsonValue>;
  list(): Promise<readonly string[]>;
  /** Those that nobody stored again for an hour, by the store's own clock. */
  stale(): Promise<readonly string[]>;
  /** Removes one that is stale; false, removing nothing, when somebody stored it again. */
  removeStale(hash: string): Promise<boolean>;
}

/**
 * For so long, in milliseconds, an object stays that no version names: whoever puts one names it within minutes, in
 * whatever process or replica.
 */
export const SPARED_MS = 60 * 60_000;
/** For so long a put is not made again: only a small part of the time that an object is spared. */
const FRESH_MS = SPARED_MS / 6;

export function openObjectStore(documents: Documents): ObjectStore {
  // What this process stored is there: most puts are of values that were put a moment ago.
  const stored = new Map<string, number>();
  const isFresh = (hash: string) =>
    performance.now() - (stored.get(hash) ?? Number.NEGATIVE_INFINITY) < FRESH_MS;
  return {
    async put(value) {
      const text = canonicalize(value);
      if (text === undefined) throw new TypeError('only JSON can be stored');
      const hash = hashOf(text);
      if (isFresh(hash)) return hash;
      const at = performance.now();
      let isNew = await documents.create(hash, text);
      // Touched, it is spared by a pruning that found it unused; gone meanwhile, it is stored anew.
      while (!isNew && !(await documents.touch(hash))) isNew = await documents.create(hash, text);
      // What lies there under its name may be damaged; now that it is at hand it is put right.
      if (!isNew && (await documents.read(hash)) !== text) await documents.replace(hash, text);
      stored.set(hash, at);
      return hash;
    },
    async get(hash) {
      const text = await documents.read(hash);
      if (text === undefined) throw new DamagedObject(hash, 'is missing');
      if (hashOf(text) !== hash) throw new DamagedObject(hash, 'is not what it was when it was stored');
      return JSON.parse(text);
    },
    list: () => documents.keys(),
    stale: () => documents.stale(SPARED_MS),
    async removeStale(hash) {
      stored.delete(hash);
      return documents.removeStale(hash, SPARED_MS);
    },
  };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
