import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, lstatSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A random 32-byte key of the data directory, made on first use.
 *
 * Throws when the folder is another user's, or a link.
 *
 * The key appears under its name whole or not at all (written aside, then linked), so that two processes that start
 * at once agree on one.
 */
export function readOrMakeKey(folder: string, name: string): Buffer {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  assertOwn(folder);
  chmodSync(folder, 0o700);
  const file = join(folder, `${name}.key`);
  try {
    return readKey(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(aside, randomBytes(32), { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(aside);
  }
  return readKey(file);
}

/**
 * Keys in a folder that somebody else made may be keys that somebody else knows. And what root writes into the data
 * directory of a server's user, that server cannot read.
 */
function assertOwn(folder: string): void {
  const found = lstatSync(folder);
  if (found.isSymbolicLink()) throw new Error(`${folder} is a symbolic link; make it a folder of its own`);
  const own = process.getuid?.();
  if (own !== undefined && found.uid !== own)
    throw new Error(
      `${folder} belongs to user ${found.uid} and this is user ${own}; run as the user whose data directory it is`,
    );
}

/** Throws for a file that does not hold 32 bytes. */
export function readKey(file: string): Buffer {
  const key = readFileSync(file);
  if (key.length !== 32)
    throw new Error(`${file} is not a 32-byte key; restore it, or remove it to have a new one made`);
  return key;
}
