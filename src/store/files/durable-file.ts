import { randomBytes } from 'node:crypto';
import { link, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from './file-error.ts';

/** Makes a folder's entries durable, so that a file just made in it survives a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; its file systems journal entries themselves.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeBeside(path: string, content: string | Uint8Array, mode: number): Promise<string> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.new`;
  const handle = await open(temporary, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    // On a full disk a part would take the place that is missing.
    await unlink(temporary);
    throw error;
  } finally {
    await handle.close();
  }
  return temporary;
}

/** Longer than any file takes to be written; who was stopped in the middle for longer writes nothing any more. */
const LEFTOVER_MS = 60 * 60_000;

/**
 * Removes what killed processes left of files that they had not put in their place, or were about to remove, in a
 * folder and in the folders of it. Never throws: what cannot be removed now stays for the next time.
 */
export async function sweepLeftovers(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await sweepLeftovers(path);
    const end = /\.[0-9a-f]{12}\.(new|going)$/.exec(entry.name)?.[1];
    if (!entry.isFile() || end === undefined) continue;
    const age = await stat(path).then(
      // One that is about to go was written long ago; when it got that name, its status changed.
      ({ mtimeMs, ctimeMs }) => Date.now() - (end === 'new' ? mtimeMs : ctimeMs),
      () => 0,
    );
    if (age > LEFTOVER_MS) await unlink(path).catch(() => {});
  }
}

/**
 * Replaces a file in one step: a reader, or a crash, sees the old content or the new, never a part.
 * @param mayStill asked right before that step; what it rejects with is thrown, and the old content stays
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  mode: number,
  mayStill?: () => Promise<void> | undefined,
): Promise<void> {
  const temporary = await writeBeside(path, content, mode);
  try {
    await mayStill?.();
  } catch (error) {
    await unlink(temporary);
    throw error;
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** Creates a file with its whole content in one step. Returns false, changing nothing, when it is there already. */
export async function createFile(path: string, content: string | Uint8Array, mode: number): Promise<boolean> {
  const temporary = await writeBeside(path, content, mode);
  try {
    await link(temporary, path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
}
