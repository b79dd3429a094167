import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileStores } from '../../src/store/files/stores.ts';
import { openPostgresStores } from '../../src/store/postgres/stores.ts';
import type { Stores } from '../../src/store/stores.ts';
import { openSchema } from './database.ts';

/** One store, and how others come to it. */
export interface Engine {
  /** Another replica, or another process, on the same store. */
  open(): Promise<Stores>;
  close(): Promise<void>;
}

/** Both engines, each on a place of its own. */
export const ENGINES: readonly (readonly [string, () => Promise<Engine>])[] = [
  ['files', onFiles],
  ['postgresql', onPostgres],
];

async function onFiles(): Promise<Engine> {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-store-'));
  return {
    open: async () => openFileStores(dir),
    close: () => rm(dir, { recursive: true, force: true }),
  };
}

async function onPostgres(): Promise<Engine> {
  const { url, schema, close } = await openSchema();
  const opened: Stores[] = [];
  return {
    async open() {
      const stores = await openPostgresStores({ url, schema, migrates: true });
      opened.push(stores);
      return stores;
    },
    async close() {
      await Promise.all(opened.map((one) => one.close()));
      await close();
    },
  };
}
