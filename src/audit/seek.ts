import { type FileHandle, open } from 'node:fs/promises';

/** Narrower than this, reading on is as fast as jumping. */
const NEAR = 256 * 1024;
/** Enough to find where a line begins and what its number is; a longer line only makes the search less narrow. */
const PROBE = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * Offset of a line of a segment that stands at or before the record `seq`, found by halving: numbers only rise in a
 * segment as it was written. Where they do not, or a line cannot be read, it begins earlier, at most at the beginning.
 */
export async function offsetBefore(path: string, seq: number): Promise<number> {
  const file = await open(path, 'r');
  try {
    let low = 0;
    let high = (await file.stat()).size;
    while (high - low > NEAR) {
      const middle = low + Math.floor((high - low) / 2);
      const line = await lineAfter(file, middle);
      if (!line || line.offset >= high) high = middle;
      else if (line.seq === undefined) return low;
      else if (line.seq <= seq) low = line.offset;
      else high = middle;
    }
    return low;
  } finally {
    await file.close();
  }
}

/** The first line that begins after an offset; undefined where none does within a probe. */
async function lineAfter(
  file: FileHandle,
  offset: number,
): Promise<{ offset: number; seq: number | undefined } | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(PROBE), 0, PROBE, offset);
  const probe = buffer.subarray(0, bytesRead);
  const end = probe.indexOf(NEWLINE);
  if (end === -1 || end + 1 >= probe.length) return undefined;
  const digits = /^\{"seq":(\d{1,15}),/.exec(probe.toString('latin1', end + 1, end + 32))?.[1];
  return { offset: offset + end + 1, seq: digits === undefined ? undefined : Number(digits) };
}
