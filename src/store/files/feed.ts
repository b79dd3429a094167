import { mkdirSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Feed } from '../logs.ts';
import { openWakers } from '../wakers.ts';
import { openWriter, wholeLines } from './log.ts';

/** The feed of one process, as a file of lines; the file's order is the order. */
export async function openFileFeed(file: string, markOf: (text: string) => string): Promise<Feed> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  await (await open(file, 'a', 0o600)).close();
  const writer = await openWriter(file);
  const lines = wholeLines(await readFile(file)).lines.map(({ text }) => text);
  const known = new Set(lines.map(markOf));
  const wakers = openWakers();
  return {
    async add(mark, text) {
      if (known.has(mark)) return;
      known.add(mark);
      try {
        await writer.append(text);
      } catch (error) {
        known.delete(mark);
        throw error;
      }
      lines.push(text);
      wakers.wake();
    },
    missing: async (marks) => marks.filter((mark) => !known.has(mark)),
    last: async () => lines.length,
    async *follow(after, signal) {
      for (let at = Math.max(0, after); !signal.aborted; ) {
        const text = lines[at];
        if (text === undefined) await wakers.next(signal);
        else {
          at += 1;
          yield { number: at, text };
        }
      }
    },
    close: writer.close,
  };
}
