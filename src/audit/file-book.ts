import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isHeld } from '../store/files/hold.ts';
import type { AuditBook, ChainPart } from './audit-book.ts';
import { FileBlocks } from './blocks/file-blocks.ts';
import { readHead } from './checkpoint.ts';
import { FileNews } from './file-news.ts';
import { readPublicKeys } from './keys.ts';
import {
  chainPath,
  checkpointsPath,
  isMissing,
  listChains,
  listSegments,
  segmentFirstSeq,
} from './layout.ts';
import { readRange, type ScannedLine, scanLines, scanLinesBackwards, splitAll } from './scan-lines.ts';
import { offsetBefore } from './seek.ts';

/** Opens an audit folder for reading; nothing is touched before it is read, and the folder need not be there. */
export function openFileBook(dir: string): AuditBook {
  const blocks = new FileBlocks(dir);
  return {
    chains: () => listChains(dir),
    lines: (chain, options) => linesOf(chainPath(dir, chain), options),
    async linesOf(chain, { first, from, to }) {
      const path = await segmentOf(chainPath(dir, chain), first);
      return path === undefined ? [] : splitAll(await readRange(path, from, to), from);
    },
    parts: (chain) => partsOf(chainPath(dir, chain)),
    sizeOf: (line) => line.bytes.length + 1,
    headName: 'head.json',
    head: (chain) => readHead(chainPath(dir, chain)),
    isLive: (chain) => isHeld(chainPath(dir, chain)),
    publicKeys: () => readPublicKeys(dir),
    checkpoints: () => ifThere(checkpointsPath(dir)),
    news: () => new FileNews(dir),
    blocks: (chain) => blocks.newestFirst(chain),
    keepBlock: (chain, block) => blocks.keep(chain, block),
  };
}

async function* linesOf(
  chainDir: string,
  { fromSeq, reverse = false }: { readonly fromSeq?: number; readonly reverse?: boolean },
): AsyncGenerator<readonly ScannedLine[]> {
  for (const segment of await segmentsFrom(chainDir, fromSeq, reverse)) {
    const path = join(chainDir, segment);
    if (reverse) yield* scanLinesBackwards(path);
    else yield* scanLines(path, fromSeq === undefined ? 0 : await offsetBefore(path, fromSeq));
  }
}

async function segmentsFrom(
  chainDir: string,
  fromSeq: number | undefined,
  reverse: boolean,
): Promise<string[]> {
  const segments = await listSegments(chainDir);
  if (fromSeq === undefined) return reverse ? segments.reverse() : segments;
  const at = Math.max(
    0,
    segments.findLastIndex((segment) => segmentFirstSeq(segment) <= fromSeq),
  );
  return reverse ? segments.slice(0, at + 1).reverse() : segments.slice(at);
}

async function segmentOf(chainDir: string, seq: number): Promise<string | undefined> {
  const segment = (await listSegments(chainDir)).findLast((name) => segmentFirstSeq(name) <= seq);
  return segment === undefined ? undefined : join(chainDir, segment);
}

async function partsOf(chainDir: string): Promise<readonly ChainPart[]> {
  return Promise.all(
    (await listSegments(chainDir)).map(async (name) => ({
      name,
      firstSeq: segmentFirstSeq(name),
      size: (await stat(join(chainDir, name))).size,
      lines: () => scanLines(join(chainDir, name)),
    })),
  );
}

async function* ifThere(path: string): AsyncGenerator<readonly ScannedLine[]> {
  try {
    yield* scanLines(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
