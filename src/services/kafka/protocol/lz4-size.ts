const MAGIC = 0x184d2204;
const HAS_BLOCK_CHECKSUM = 0x10;
const HAS_CONTENT_SIZE = 0x08;
const HAS_DICTIONARY = 0x01;
const IS_STORED = 0x80000000;

/**
 * How many bytes an LZ4 frame becomes, counted without unpacking it: the size in its header is optional and may lie.
 * Throws RangeError for bytes that are no frame.
 *
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export function lz4Size(frame: Buffer): number {
  if (frame.readUInt32LE(0) !== MAGIC) throw new RangeError('no LZ4 frame');
  const flags = frame.readUInt8(4);
  let at = 7 + ((flags & HAS_CONTENT_SIZE) === 0 ? 0 : 8) + ((flags & HAS_DICTIONARY) === 0 ? 0 : 4);
  let size = 0;
  for (;;) {
    const head = frame.readUInt32LE(at);
    at += 4;
    if (head === 0) return size;
    const isStored = head >= IS_STORED;
    const length = isStored ? head - IS_STORED : head;
    const block = frame.subarray(at, at + length);
    if (block.length < length) throw new RangeError('a block ends outside');
    size += isStored ? length : blockSize(block);
    at += length + ((flags & HAS_BLOCK_CHECKSUM) === 0 ? 0 : 4);
  }
}

/** A block is a row of literals and of copies of what was before; the last has literals alone. */
function blockSize(block: Buffer): number {
  let size = 0;
  for (let at = 0; at < block.length; ) {
    const token = block.readUInt8(at);
    const literals = lengthOf(block, at + 1, token >> 4);
    size += literals.length;
    at = literals.end + literals.length;
    if (at >= block.length) break;
    const copy = lengthOf(block, at + 2, token & 0x0f);
    size += copy.length + 4;
    at = copy.end;
  }
  return size;
}

/** A length that goes on in further bytes while they are full. */
function lengthOf(block: Buffer, start: number, first: number): { length: number; end: number } {
  let length = first;
  let end = start;
  if (first === 15)
    for (let byte = 255; byte === 255; end += 1) {
      byte = block.readUInt8(end);
      length += byte;
    }
  return { length, end };
}
