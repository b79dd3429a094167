import { mkdirSync } from 'node:fs';
import { access, mkdir, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertKey, type Documents, isKey, type KeyRange, StoreError } from '../documents.ts';
import { createFile, replaceFile } from './durable-file.ts';
import { isOlder, removeOlder, touchFile } from './file-age.ts';
import { errorCode, isMissing } from './file-error.ts';
import type { Layout } from './layout.ts';

/** Files are open while they are read, and a process may have few. */
const AT_ONCE = 64;

/** The documents of one folder, for the owner alone; the folder is made when it is not there. */
export function openFileDocuments(folder: string, layout: Layout): Documents {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (key: string): string => {
    assertKey(key);
    return join(folder, layout.fileOf(key));
  };
  const makeRoom = async (path: string): Promise<void> => {
    if (layout.isSharded) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  };
  const read = (key: string) => {
    const path = pathOf(key);
    return told(key, () => readIfThere(path, folder));
  };
  const readMany = async (keys: readonly string[]) => {
    const found = new Map<string, string>();
    for (let from = 0; from < keys.length; from += AT_ONCE) {
      const some = keys.slice(from, from + AT_ONCE);
      const texts = await Promise.all(some.map(read));
      for (const [at, text] of texts.entries()) if (text !== undefined) found.set(some[at] ?? '', text);
    }
    return found;
  };
  const list = layout.isSharded ? () => keysInShards(folder, layout) : cachedKeys(folder, layout);
  const keys = async ({ from, before }: KeyRange = {}) => {
    const all = await told('the list', list);
    return from === undefined && before === undefined
      ? all
      : all.filter((key) => (from === undefined || key >= from) && (before === undefined || key < before));
  };
  return {
    read,
    readMany,
    keys,
    create(key, text) {
      const path = pathOf(key);
      return told(key, async () => {
        await makeRoom(path);
        return createFile(path, text, 0o600);
      });
    },
    replace(key, text, under) {
      const path = pathOf(key);
      return told(key, async () => {
        await makeRoom(path);
        // As late as it can be: once the text lies beside, only the rename is left.
        await replaceFile(path, text, 0o600, () => under?.lease.assertHeld());
      });
    },
    has(key) {
      const path = pathOf(key);
      return told(key, () =>
        access(path).then(
          () => true,
          (error: unknown) => {
            if (isMissing(error)) return false;
            throw error;
          },
        ),
      );
    },
    first: async () => (await keys())[0],
    last: async () => (await keys()).at(-1),
    async all() {
      const found = await readMany(await keys());
      return [...found].map(([key, text]) => ({ key, text }));
    },
    remove(key) {
      const path = pathOf(key);
      return told(key, () =>
        unlink(path).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        }),
      );
    },
    touch(key) {
      const path = pathOf(key);
      return told(key, () => touchFile(path));
    },
    async stale(ms) {
      const all = await keys();
      const found: string[] = [];
      for (let from = 0; from < all.length; from += AT_ONCE) {
        const some = all.slice(from, from + AT_ONCE);
        const old = await told('the list', () => Promise.all(some.map((key) => isOlder(pathOf(key), ms))));
        found.push(...some.filter((_, at) => old[at]));
      }
      return found;
    },
    removeStale(key, ms) {
      const path = pathOf(key);
      return told(key, () => removeOlder(path, ms));
    },
  };
}

/** Undefined for a file that is not there. A file that cannot be looked for, because its folder is gone, is not one that is absent. */
async function readIfThere(path: string, folder: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (!isMissing(error)) throw error;
    await stat(folder);
    return undefined;
  }
}

/** A system's own words hold a path; its code says enough. What is no error of the file system passes. */
async function told<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = errorCode(cause);
    if (code === undefined) throw cause;
    throw new StoreError(`the data directory did not do it (${code}, ${what})`, { cause });
  }
}

/** How long a folder must have been as it is for its time of change to tell apart whatever comes next. */
const SETTLED_MS = 1_000;

/** Reads the keys of a folder, and again only once the folder has changed: it may hold many thousands. */
function cachedKeys(folder: string, layout: Layout): () => Promise<readonly string[]> {
  let known: { readonly changed: bigint; readonly keys: readonly string[] } | undefined;
  return async () => {
    const { mtimeNs, mtimeMs } = await stat(folder, { bigint: true });
    if (known?.changed === mtimeNs) return known.keys;
    const keys = keysIn(await readdir(folder), layout);
    known = Date.now() - Number(mtimeMs) > SETTLED_MS ? { changed: mtimeNs, keys } : undefined;
    return keys;
  };
}

async function keysInShards(folder: string, layout: Layout): Promise<readonly string[]> {
  const shards = (await readdir(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name));
  const names = await Promise.all(shards.map((name) => readdir(join(folder, name))));
  return keysIn(names.flat(), layout);
}

const keysIn = (names: readonly string[], layout: Layout): readonly string[] =>
  names
    .flatMap((name) => layout.keyOf(name) ?? [])
    .filter(isKey)
    .sort();
