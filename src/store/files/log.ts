import { mkdirSync } from 'node:fs';
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertKey, StoreError } from '../documents.ts';
import type { Line, Log, Logs } from '../logs.ts';
import { createFile } from './durable-file.ts';
import { isMissing } from './file-error.ts';

const SUFFIX = '.jsonl';

/** Logs as files `NAME.jsonl` of one folder. */
export function openFileLogs(folder: string): Logs {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (name: string) => {
    assertKey(name);
    return join(folder, `${name}${SUFFIX}`);
  };
  return {
    async begin(name, first) {
      const path = pathOf(name);
      return (await createFile(path, `${first}\n`, 0o600)) ? openLog(path) : undefined;
    },
    async open(name) {
      try {
        return await openLog(pathOf(name));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async names() {
      const found = (await readdir(folder)).filter((name) => name.endsWith(SUFFIX));
      return found.map((name) => name.slice(0, -SUFFIX.length)).sort();
    },
  };
}

async function openLog(path: string): Promise<Log> {
  const lines = async () => wholeLines(await readFile(path)).lines;
  await lines();
  let writer: Promise<Writer> | undefined;
  return {
    async append(text, under) {
      // A log that is only looked at is left as it is: what a crash left of a line is cut before the first new one.
      writer ??= openWriter(path);
      await (await writer).append(text, () => under?.lease.assertHeld());
    },
    async read(after, limit) {
      return (await lines()).slice(after, limit === undefined ? undefined : after + limit);
    },
    close: async () => (await writer)?.close(),
  };
}

/** The whole lines of a file and where they end; what follows was never acted on. */
export function wholeLines(bytes: Buffer): { readonly lines: readonly Line[]; readonly size: number } {
  const size = bytes.lastIndexOf(0x0a) + 1;
  const texts = bytes.subarray(0, size).toString('utf8').split('\n').slice(0, -1);
  return { lines: texts.map((text, at) => ({ number: at + 1, text })), size };
}

/** Adds lines to a file, one after the other. */
export interface Writer {
  /** Resolves once the disk has it. Rejects, leaving the file as it was, when it cannot be written. */
  append(text: string, mayStill?: () => Promise<void> | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Opens a file that is there, and cuts what a crash left of a line. */
export async function openWriter(path: string): Promise<Writer> {
  const handle = await open(path, 'r+', 0o600);
  const { size } = wholeLines(await handle.readFile());
  await handle.truncate(size);
  return writerOf(handle, size);
}

function writerOf(handle: FileHandle, from: number): Writer {
  let size = from;
  let last: Promise<unknown> = Promise.resolve();
  let isBroken = false;
  const append = async (text: string, mayStill?: () => Promise<void> | undefined) => {
    if (isBroken) throw new StoreError('the log cannot be written any more');
    await mayStill?.();
    const bytes = Buffer.from(`${text}\n`);
    try {
      await handle.write(bytes, 0, bytes.length, size);
      await handle.datasync();
      size += bytes.length;
    } catch (cause) {
      // After a failure that cannot be mended nothing is written any more.
      await handle.truncate(size).catch(() => {
        isBroken = true;
      });
      throw new StoreError('the log could not be written', { cause });
    }
  };
  return {
    append(text, mayStill) {
      const next = last.then(() => append(text, mayStill));
      last = next.catch(() => undefined);
      return next;
    },
    async close() {
      await last;
      await handle.close();
    },
  };
}
