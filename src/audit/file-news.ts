import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewsReader } from './audit-book.ts';
import { chainPath, listChains, listSegments } from './layout.ts';
import { type ScannedLine, scanLines, scanLinesBackwards } from './scan-lines.ts';

/** Tells of the lines that are appended to the segments of an audit folder. */
export class FileNews implements NewsReader {
  readonly #dir: string;
  /** How far each segment of each chain was read, in bytes. */
  readonly #read = new Map<string, number>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  async skipToEnd(): Promise<void> {
    for (const { path } of await this.#segments()) this.#read.set(path, await endOfLastLine(path));
  }

  async *news(): AsyncGenerator<{ readonly chain: string; readonly lines: readonly ScannedLine[] }> {
    for (const { chain, path } of await this.#segments()) {
      const from = this.#read.get(path) ?? 0;
      if ((await stat(path)).size <= from) continue;
      for await (const lines of scanLines(path, from)) {
        const last = lines.findLast((line) => line.complete);
        if (last) this.#read.set(path, last.offset + last.bytes.length + 1);
        yield { chain, lines };
      }
    }
  }

  /** Segments that may still grow or were not read to their end: the last known of each chain and those after it. */
  async #segments(): Promise<{ chain: string; path: string }[]> {
    const found: { chain: string; path: string }[] = [];
    for (const chain of await listChains(this.#dir)) {
      const chainDir = chainPath(this.#dir, chain);
      const paths = (await listSegments(chainDir)).map((segment) => join(chainDir, segment));
      const known = paths.findLastIndex((path) => this.#read.has(path));
      for (const path of this.#read.size === 0 ? paths : paths.slice(Math.max(0, known)))
        found.push({ chain, path });
    }
    return found;
  }
}

async function endOfLastLine(path: string): Promise<number> {
  for await (const lines of scanLinesBackwards(path)) {
    const last = lines.find((line) => line.complete);
    if (last) return last.offset + last.bytes.length + 1;
  }
  return 0;
}
