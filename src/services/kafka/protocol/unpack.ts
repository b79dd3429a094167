import zlib from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { ToolError } from '../../../toolset/errors.ts';
import { lz4Size } from './lz4-size.ts';

/** Most bytes that one batch may become: whoever may produce could otherwise fill this process from one message. */
export const MAX_UNPACKED_BYTES = 16 * 2 ** 20;
const COMPRESSION = 0x07;

type Unpack = (bytes: Buffer) => Buffer;
const BY_CODEC: Readonly<Record<number, Unpack>> = {
  0: (bytes) => bytes,
  1: (bytes) => zlib.gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }),
  2: snappy,
  3: (bytes) => {
    assertSize(lz4Size(bytes));
    return compressionsAlgorithms.lz4.decompressSync(bytes);
  },
  4: (bytes) => {
    // Node has had it since 22.15.
    if (!('zstdDecompressSync' in zlib) || typeof zlib.zstdDecompressSync !== 'function')
      throw new ToolError(
        'query_failed',
        'the messages are compressed with zstd, which needs Node 22.15 or later',
      );
    const unpacked: unknown = zlib.zstdDecompressSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
    if (!Buffer.isBuffer(unpacked)) throw new TypeError('zstd yields no buffer');
    return unpacked;
  },
};

/** The records of a batch, unpacked. Throws ToolError, also for a batch that would become too large. */
export function unpack(bytes: Buffer, attributes: number): Buffer {
  const codec = BY_CODEC[attributes & COMPRESSION];
  if (!codec)
    throw new ToolError('query_failed', 'the messages are compressed in a way that is not known here');
  try {
    return codec(bytes);
  } catch (error) {
    if (error instanceof ToolError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new ToolError('backend_failed', 'the broker sent compressed messages that cannot be unpacked', {
      cause: error,
    });
  }
}

/** The framing of Java's library: a header of 16 bytes, then blocks with their length before each. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEAD = 16;

function snappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return snappyBlock(bytes, 0);
  const blocks: Buffer[] = [];
  let size = 0;
  for (let at = XERIAL_HEAD; at < bytes.length; ) {
    const end = at + 4 + bytes.readInt32BE(at);
    if (end <= at + 4 || end > bytes.length) throw new RangeError('a block ends outside');
    const block = snappyBlock(bytes.subarray(at + 4, end), size);
    blocks.push(block);
    size += block.length;
    at = end;
  }
  return Buffer.concat(blocks);
}

/** A block says at its start how large it becomes. */
function snappyBlock(bytes: Buffer, before: number): Buffer {
  let size = 0;
  for (let at = 0; at < 5; at += 1) {
    const byte = bytes[at] ?? 0;
    size += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) break;
  }
  assertSize(before + size);
  return compressionsAlgorithms.snappy.decompressSync(bytes);
}

function assertSize(size: number): void {
  if (size > MAX_UNPACKED_BYTES) throw tooLarge();
}

const tooLarge = (): ToolError =>
  new ToolError('result_too_large', 'a batch of messages becomes larger than 16 MiB when it is unpacked');
