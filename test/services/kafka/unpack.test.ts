import { compressionsAlgorithms } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { lz4Size } from '../../../src/services/kafka/protocol/lz4-size.ts';
import { unpack } from '../../../src/services/kafka/protocol/unpack.ts';

const { lz4, snappy } = compressionsAlgorithms;
const [SNAPPY, LZ4] = [2, 3];

/** Data of many kinds: short, repeated, mixed, hard to pack, and longer than a block. */
const SAMPLES = [
  'a',
  'a'.repeat(14),
  'a'.repeat(70_000),
  'abcdefgh'.repeat(5_000),
  Array.from({ length: 20_000 }, (_, n) => (n * 2_654_435_761) % 4_294_967_296).join(),
  `${'x'.repeat(300)}${Array.from({ length: 300 }, (_, n) => n * n).join()}`.repeat(900),
].map((text) => Buffer.from(text));

test.each(SAMPLES.map((sample) => [sample.length, sample] as const))(
  'the size of an LZ4 frame of %i bytes is counted right without unpacking it',
  (length, sample) => {
    const frame = lz4.compressSync(sample);
    expect(lz4Size(frame)).toBe(length);
    expect(unpack(frame, LZ4).equals(sample)).toBe(true);
  },
);

test.each([
  Buffer.alloc(0),
  Buffer.from('no frame at all'),
  lz4.compressSync(Buffer.from('abc')).subarray(0, 9),
])('bytes that are no LZ4 frame are refused', (bytes) => {
  expect(() => unpack(bytes, LZ4)).toThrow(/cannot be unpacked/);
});

test('snappy is read as librdkafka writes it, and in the framing of Java’s library', () => {
  for (const sample of SAMPLES) {
    expect(unpack(snappy.compressSync(sample), SNAPPY).equals(sample)).toBe(true);
    const blocks = [sample.subarray(0, 10), sample.subarray(10)].filter(({ length }) => length > 0);
    const framed = blocks.flatMap((block) => {
      const packed = snappy.compressSync(block);
      const length = Buffer.alloc(4);
      length.writeInt32BE(packed.length);
      return [length, packed];
    });
    const head = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(unpack(Buffer.concat([head, ...framed]), SNAPPY).equals(sample)).toBe(true);
  }
});

test('a compression that nobody knows is refused', () => {
  expect(() => unpack(Buffer.from('x'), 5)).toThrow(/not known/);
});
