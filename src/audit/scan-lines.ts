import { type FileHandle, open } from 'node:fs/promises';

const CHUNK = 2 * 1024 * 1024;
const BACKWARDS_CHUNK = 1024 * 1024;
const NEWLINE = 0x0a;

/** One line of a file. */
export interface ScannedLine {
  /** Without the newline. */
  readonly bytes: Buffer;
  /** Where the line begins in the file, in bytes. */
  readonly offset: number;
  /** False for bytes at the end of the file that no newline follows. */
  readonly complete: boolean;
  /** The sequence number under which it is kept, where an engine keeps lines under one. */
  readonly seq?: number;
}

/**
 * Reads a file's lines in big chunks, a group of lines at a time (a generator step per line costs more than a hash).
 * The file may grow meanwhile; `from` is a byte offset at which a line begins.
 */
export async function* scanLines(path: string, from = 0): AsyncGenerator<ScannedLine[]> {
  const file = await open(path, 'r');
  try {
    let carry = Buffer.alloc(0);
    let offset = from;
    for (;;) {
      const position = offset + carry.length;
      // At least one byte more than there is, so that the end of the file shows.
      const wanted = Math.min(CHUNK, Math.max((await file.stat()).size - position, 0) + 1);
      const chunk = Buffer.allocUnsafe(carry.length + wanted);
      carry.copy(chunk);
      const { bytesRead } = await file.read(chunk, carry.length, wanted, position);
      if (bytesRead === 0) break;
      const filled = chunk.subarray(0, carry.length + bytesRead);
      const lines = splitLines(filled, offset);
      const used = lengthOf(lines, offset);
      carry = filled.subarray(used);
      offset += used;
      if (lines.length > 0) yield lines;
    }
    if (carry.length > 0) yield [{ bytes: carry, offset, complete: false }];
  } finally {
    await file.close();
  }
}

function splitLines(chunk: Buffer, offset: number): ScannedLine[] {
  const lines: ScannedLine[] = [];
  let start = 0;
  for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
    lines.push({ bytes: chunk.subarray(start, end), offset: offset + start, complete: true });
    start = end + 1;
  }
  return lines;
}

const lengthOf = (lines: readonly ScannedLine[], offset: number) => {
  const last = lines.at(-1);
  return last ? last.offset - offset + last.bytes.length + 1 : 0;
};

/** Reads the lines that a file has now from the last to the first, a group at a time, each group last line first. */
export async function* scanLinesBackwards(path: string): AsyncGenerator<ScannedLine[]> {
  const file = await open(path, 'r');
  try {
    let end = (await file.stat()).size;
    // The end of a line whose beginning is in the part before, and nothing else.
    let carry: Buffer = Buffer.alloc(0);
    while (end > 0) {
      const begin = Math.max(0, end - BACKWARDS_CHUNK);
      const block = Buffer.concat([await readBytes(file, begin, end), carry]);
      const cut = begin === 0 ? 0 : block.indexOf(NEWLINE) + 1 || block.length;
      carry = block.subarray(0, cut);
      yield splitAll(block.subarray(cut), begin + cut).reverse();
      end = begin;
    }
  } finally {
    await file.close();
  }
}

/** The bytes of a file from `begin` up to `end`, or to its end. */
export async function readRange(path: string, begin: number, end: number): Promise<Buffer> {
  const file = await open(path, 'r');
  return readBytes(file, begin, end).finally(() => file.close());
}

async function readBytes(file: FileHandle, begin: number, end: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(end - begin), 0, end - begin, begin);
  return buffer.subarray(0, bytesRead);
}

/** The lines of some bytes that begin a line at `offset`. */
export function splitAll(bytes: Buffer, offset: number): ScannedLine[] {
  const lines = splitLines(bytes, offset);
  const used = lengthOf(lines, offset);
  if (used < bytes.length)
    lines.push({ bytes: bytes.subarray(used), offset: offset + used, complete: false });
  return lines;
}
