import { constants, type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ToolError } from '../../toolset/errors.ts';

/** A credential is short; whatever is longer is not one. */
const MOST_BYTES = 64 * 1024;
const READABLE_BY_ALL = 0o004;

/**
 * Reads a credential from a file; one trailing newline is dropped.
 *
 * @param path absolute, or relative to `folder`.
 * @param warn told when every user of the machine may read the file.
 * @throws ToolError('secret_unavailable') naming the path, when it is absent, not a regular file, larger than
 *   64 KiB, empty, or not UTF-8 text.
 */
export async function readSecretFile(
  folder: string,
  path: string,
  warn: (message: string) => void,
): Promise<string> {
  const full = resolve(folder, path);
  const handle = await openFile(full);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw unavailable(full, 'is not a regular file');
    if (stats.mode & READABLE_BY_ALL) {
      warn(`the secret file ${full} is readable by every user of this machine; chmod 600 it`);
    }
    return textOf(full, await readBounded(full, handle));
  } finally {
    await handle.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer for ever.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const reason = REASONS[code] ?? `cannot be opened (${code})`;
    throw unavailable(path, reason);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'is not readable by this process',
};

/** Reads one byte past the bound rather than trusting the size, which a growing file outdates. */
async function readBounded(path: string, handle: FileHandle): Promise<Buffer> {
  const buffer = Buffer.alloc(MOST_BYTES + 1);
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, null);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  if (filled > MOST_BYTES) throw unavailable(path, `is larger than ${MOST_BYTES / 1024} KiB`);
  return buffer.subarray(0, filled);
}

function textOf(path: string, bytes: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unavailable(path, 'is not UTF-8 text');
  }
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw unavailable(path, 'is empty');
  return value;
}

const unavailable = (path: string, reason: string) =>
  new ToolError('secret_unavailable', `the secret file ${path} ${reason}`);
