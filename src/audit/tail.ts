import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chainPath, listChains, listSegments } from './layout.ts';
import { parseAll, type ReadRecord, readRecords } from './read.ts';
import { scanLines, scanLinesBackwards } from './scan-lines.ts';

/** The last `count` records of all chains, oldest first. */
export async function tailRecords(dir: string, count: number): Promise<ReadRecord[]> {
  const records: ReadRecord[] = [];
  if (count <= 0) return records;
  for await (const read of readRecords(dir, { reverse: true })) {
    records.push(read);
    if (records.length >= count) break;
  }
  return records.reverse();
}

export interface FollowOptions {
  /** Records of the past to begin with. */
  readonly count: number;
  /** Ends the following. */
  readonly signal: AbortSignal;
  /** Milliseconds between two looks. */
  readonly everyMs?: number;
}

/** The last `count` records and then each new one of any chain, also of a chain begun later, until `signal` aborts. */
export async function* followRecords(dir: string, options: FollowOptions): AsyncGenerator<ReadRecord> {
  const follower = new Follower(dir);
  await follower.skipToEnd();
  const seen = new Map<string, number>();
  for (const read of await tailRecords(dir, options.count)) {
    seen.set(read.chain, read.record.seq);
    yield read;
  }
  while (!options.signal.aborted) {
    for await (const read of follower.news()) {
      // What was appended between the look at the ends and the tail was in the tail already.
      if (read.record.seq > (seen.get(read.chain) ?? 0)) yield read;
      if (options.signal.aborted) return;
    }
    await sleep(options.everyMs ?? 200, undefined, { signal: options.signal }).catch(() => {});
  }
}

class Follower {
  readonly #dir: string;
  /** How far each segment of each chain was read, in bytes. */
  readonly #read = new Map<string, number>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  async skipToEnd(): Promise<void> {
    for (const { path } of await this.#segments()) this.#read.set(path, await endOfLastLine(path));
  }

  async *news(): AsyncGenerator<ReadRecord> {
    for (const { chain, path } of await this.#segments()) {
      const from = this.#read.get(path) ?? 0;
      if ((await stat(path)).size <= from) continue;
      for await (const lines of scanLines(path, from)) {
        const last = lines.findLast((line) => line.complete);
        if (last) this.#read.set(path, last.offset + last.bytes.length + 1);
        yield* parseAll(chain, lines);
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
