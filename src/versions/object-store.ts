import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { createFile, replaceFile, sweepLeftovers } from '../store/files/durable-file.ts';
import type { JsonValue } from '../toolset/define.ts';

/** An object that is missing, or is not what its name says. */
export class DamagedObject extends Error {
  readonly hash: string;
  constructor(hash: string, what: string) {
    super(`the object ${hash} ${what}; restore it from a copy of the data directory, or import an export`);
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

/** Objects as files `dir/ab/abcd...`, mode 0600. */
export function openObjectStore(dir: string): ObjectStore {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  void sweepLeftovers(dir);
  const path = (hash: string) => join(dir, hash.slice(0, 2), hash);
  // What this process stored or read is there: most puts are of values that were put a moment ago.
  const known = new Set<string>();
  return {
    async put(value) {
      const text = canonicalize(value);
      if (text === undefined) throw new TypeError('only JSON can be stored');
      const hash = hashOf(text);
      if (known.has(hash)) return hash;
      mkdirSync(join(dir, hash.slice(0, 2)), { recursive: true, mode: 0o700 });
      const isNew = await createFile(path(hash), text, 0o600);
      // What lies there under its name may be damaged; now that it is at hand it is put right.
      if (!isNew && (await readFile(path(hash), 'utf8')) !== text) await replaceFile(path(hash), text, 0o600);
      known.add(hash);
      return hash;
    },
    async get(hash) {
      const text = await readFile(path(hash), 'utf8').catch((error: NodeJS.ErrnoException) => {
        throw new DamagedObject(hash, error.code === 'ENOENT' ? 'is missing' : 'cannot be read');
      });
      if (hashOf(text) !== hash) throw new DamagedObject(hash, 'is not what it was when it was stored');
      known.add(hash);
      return JSON.parse(text);
    },
    async list() {
      const folders = (await readdir(dir)).filter((name) => /^[0-9a-f]{2}$/.test(name));
      const names = await Promise.all(folders.map((name) => readdir(join(dir, name))));
      return names.flat().filter((name) => /^[0-9a-f]{64}$/.test(name));
    },
    async remove(hash) {
      known.delete(hash);
      await unlink(path(hash));
    },
  };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
