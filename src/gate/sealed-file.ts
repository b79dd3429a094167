import { createHmac, timingSafeEqual } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import canonicalize from 'canonicalize';

/** HMAC-SHA-256 (hex) over the canonical JSON of a content (RFC 8785): whoever edits the file cannot make it. */
export const sealOf = (key: Buffer, content: object): string =>
  createHmac('sha256', key)
    .update(canonicalize(content) ?? '')
    .digest('hex');

export const isSameSeal = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** Creates a file that must not exist, and flushes it. False when it does exist. */
export function createDurably(file: string, text: string): boolean {
  let fd: number;
  try {
    fd = openSync(file, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  syncFolder(dirname(file));
  return true;
}

/** Makes the new entry of a folder durable. Windows cannot open a folder; its file systems journal entries themselves. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
