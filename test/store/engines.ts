import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openFileStores } from '../../src/store/files/stores.ts';
import { openPostgresStores } from '../../src/store/postgres/stores.ts';
import type { Stores } from '../../src/store/stores.ts';
import { openSchema } from './database.ts';

/** One store, and how others come to it. */
export interface Engine {
  /** Another replica, or another process, on the same store. */
  open(): Promise<Stores>;
  /** Makes a document as old as if it were stored two hours earlier. */
  age(key: string): Promise<void>;
  close(): Promise<void>;
}

const TWO_HOURS = 2 * 3_600_000;

/** Both engines, each on a place of its own. */
export const ENGINES: readonly (readonly [string, () => Promise<Engine>])[] = [
  ['files', onFiles],
  ['postgresql', onPostgres],
];

async function onFiles(): Promise<Engine> {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-store-'));
  return {
    open: async () => openFileStores(dir),
    async age(key) {
      const then = new Date(Date.now() - TWO_HOURS);
      const names = await readdir(dir, { recursive: true });
      for (const name of names.filter((one) => [key, `${key}.json`].includes(basename(one))))
        await utimes(join(dir, name), then, then);
    },
    close: () => rm(dir, { recursive: true, force: true }),
  };
}

async function onPostgres(): Promise<Engine> {
  const { url, schema, direct, close } = await openSchema();
  const opened: Stores[] = [];
  return {
    async open() {
      const stores = await openPostgresStores({ url, schema, migrates: true });
      opened.push(stores);
      return stores;
    },
    async age(key) {
      await direct.query(`update document set changed = changed - interval '2 hours' where key = $1`, [key]);
    },
    async close() {
      await Promise.all(opened.map((one) => one.close()));
      await close();
    },
  };
}
