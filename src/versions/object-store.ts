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
  remove(hash: string): Promise<void>;
}

export function openObjectStore(documents: Documents): ObjectStore {
  // What this process stored or read is there: most puts are of values that were put a moment ago.
  const known = new Set<string>();
  return {
    async put(value) {
      const text = canonicalize(value);
      if (text === undefined) throw new TypeError('only JSON can be stored');
      const hash = hashOf(text);
      if (known.has(hash)) return hash;
      const isNew = await documents.create(hash, text);
      // What lies there under its name may be damaged; now that it is at hand it is put right.
      if (!isNew && (await documents.read(hash)) !== text) await documents.replace(hash, text);
      known.add(hash);
      return hash;
    },
    async get(hash) {
      const text = await documents.read(hash);
      if (text === undefined) throw new DamagedObject(hash, 'is missing');
      if (hashOf(text) !== hash) throw new DamagedObject(hash, 'is not what it was when it was stored');
      known.add(hash);
      return JSON.parse(text);
    },
    list: () => documents.keys(),
    async remove(hash) {
      known.delete(hash);
      await documents.remove(hash);
    },
  };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
