import { randomBytes } from 'node:crypto';
import { link, stat, unlink, utimes } from 'node:fs/promises';
import { errorCode, isMissing } from './file-error.ts';

/** Makes a file as if it were written this moment. False when it is not there. */
export async function touchFile(path: string): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(path, now, now);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Whether a file was neither written nor touched for so many milliseconds. False when it is not there. */
export async function isOlder(path: string, ms: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > ms;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * Removes a file that is older than so many milliseconds. False when it is not, or is touched meanwhile: it goes by a
 * second name for as long as that is looked at, since a touch of the first name is a touch of the same file.
 */
export async function removeOlder(path: string, ms: number): Promise<boolean> {
  if (!(await isOlder(path, ms))) return false;
  const aside = `${path}.${randomBytes(6).toString('hex')}.going`;
  try {
    await link(path, aside);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
  try {
    await unlink(path).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
    if (await isOlder(aside, ms)) return true;
    await link(aside, path).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    return false;
  } finally {
    await unlink(aside);
  }
}
