import { open, readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { createFile, syncFolder } from '../store/files/durable-file.ts';
import { type ChainEnd, type ChainScan, scanChain } from './chain-scan.ts';
import { readHead } from './checkpoint.ts';
import { listSegments } from './layout.ts';
import { hashLine, parseLine } from './line.ts';
import type { EventRecord, PlacedRequest } from './record.ts';

/** A chain that can be continued, and what has to be recorded in it first. */
export interface Recovered {
  readonly end: ChainEnd;
  readonly orphans: readonly PlacedRequest[];
  readonly events: readonly EventRecord[];
}

/**
 * Makes a chain that nobody writes fit to be continued: a tail that a crash tore goes to a `.torn` file beside it.
 * Returns a sentence instead when the chain is broken as no crash breaks it; then nothing is changed.
 */
export async function recoverChain(chainDir: string): Promise<Recovered | string> {
  const clean = await cleanEnd(chainDir);
  if (clean) return { end: clean, orphans: [], events: [] };
  const scan = await scanChain(chainDir);
  const head = await readHead(chainDir);
  if (scan.damage !== undefined) return scan.damage;
  if (head === 'damaged') return 'head.json is damaged';
  if (head && head.seq > scan.end.seq)
    return `records after ${scan.end.seq} are missing, up to ${head.seq} at least`;
  if (scan.torn) await cutTail(chainDir, scan);
  const unreported = (await tornFiles(chainDir)).filter((file) => !scan.reportedTears.has(file));
  // A crash between a checkpoint and its head.json: an older one counts, so that closing makes both anew.
  const end = { ...scan.end, checkpoint: Math.min(scan.end.checkpoint, head?.seq ?? 0) };
  return { end, orphans: scan.orphans, events: unreported.map(tornEvent) };
}

/** The end of a chain that was closed with nothing open; found without reading the whole chain. */
async function cleanEnd(chainDir: string): Promise<ChainEnd | undefined> {
  const head = await readHead(chainDir);
  const segment = (await listSegments(chainDir)).at(-1);
  if (!head || head === 'damaged' || head.open > 0 || !segment) return undefined;
  const { line, size } = await lastLine(join(chainDir, segment));
  const last = parseLine(line);
  if (last?.kind !== 'checkpoint' || last.seq !== head.seq || hashLine(line) !== head.hash) return undefined;
  return { seq: head.seq, head: head.hash, segment, size, last, checkpoint: head.seq };
}

/** Reads a checkpoint's worth of bytes from the end of a file; empty when the file does not end with a whole line. */
async function lastLine(path: string): Promise<{ line: Buffer; size: number }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, Math.max(0, size - 4096));
    const text = buffer.subarray(0, bytesRead);
    const end = text.length - 1;
    if (text[end] !== 0x0a) return { line: Buffer.alloc(0), size };
    return { line: text.subarray(text.lastIndexOf(0x0a, end - 1) + 1, end), size };
  } finally {
    await file.close();
  }
}

async function cutTail(chainDir: string, { end }: ChainScan): Promise<void> {
  const path = join(chainDir, end.segment);
  const torn = (await readFile(path)).subarray(end.size);
  for (
    let copy = 1;
    !(await createFile(join(chainDir, `${end.segment}.${end.size}.${copy}.torn`), torn, 0o600));
  ) {
    copy += 1;
  }
  await truncate(path, end.size);
  const file = await open(path, 'r+');
  await file.datasync().finally(() => file.close());
  await syncFolder(chainDir);
}

const tornFiles = async (chainDir: string) =>
  (await readdir(chainDir)).filter((name) => name.endsWith('.torn')).sort();

const tornEvent = (file: string): EventRecord => ({
  kind: 'event',
  event: 'torn_tail',
  principal: 'stackward',
  topology: '',
  version: 0,
  detail: { file },
});
