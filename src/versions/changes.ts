import { mkdirSync, readdirSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../audit/durable-file.ts';
import type { Changes, StoredChange } from '../call/changes.ts';
import type { JsonValue } from '../toolset/define.ts';

/**
 * Changes as files of `dir/changes`: `NNNNNNNN.json` holds the before-image, `NNNNNNNN.after.json` the state after.
 * Exclusive creation gives each number to one process. Images hold production data unmasked, since a masked one
 * could not be put back; the folder is for the owner alone.
 */
export function openChanges({ dir }: { dir: string }): Changes {
  const folder = join(dir, 'changes');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = (version: number, part = '') =>
    join(folder, `${String(version).padStart(8, '0')}${part}.json`);
  let last = Math.max(0, ...readdirSync(folder).map((name) => Number.parseInt(name, 10) || 0));

  return {
    version: () => last,
    async begin(change) {
      for (let version = last + 1; ; version++) {
        const handle = await createOnly(path(version));
        last = Math.max(last, version);
        if (!handle) continue;
        await writeDurably(handle, { version, time: new Date().toISOString(), ...change });
        await syncFolder(folder);
        return {
          version,
          recordAfter: async (after) => {
            const file = await createOnly(path(version, '.after'));
            if (!file) throw new Error(`the state after change ${version} was recorded already`);
            await writeDurably(file, after);
            await syncFolder(folder);
          },
        };
      }
    },
    async read(version) {
      const change: StoredChange = JSON.parse(await readFile(path(version), 'utf8'));
      const after: JsonValue = await readFile(path(version, '.after'), 'utf8').then(JSON.parse, () => null);
      return { change, after };
    },
  };
}

async function createOnly(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
}

async function writeDurably(handle: FileHandle, value: unknown): Promise<void> {
  try {
    await handle.writeFile(JSON.stringify(value));
    await handle.sync();
  } finally {
    await handle.close();
  }
}
