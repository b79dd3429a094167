import { gzipSync } from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeBatches } from '../../src/services/kafka/protocol/records.ts';
import { MAX_UNPACKED_BYTES, unpack } from '../../src/services/kafka/protocol/unpack.ts';
import { consume } from '../../src/services/kafka/tools/consume.ts';
import { closeLab, type Lab, openLab } from '../services/kafka/fixture.ts';
import { crc32c } from '../twins/kafka/log.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(() => closeLab(lab));

/** A batch of format 2 with any body, as whoever may produce can send it. */
function batch(body: Buffer, attributes: number, count: number): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(61), body]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt8(2, 16);
  bytes.writeInt16BE(attributes, 21);
  bytes.writeInt32BE(count - 1, 23);
  bytes.writeInt32BE(count, 57);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

const ZEROS = Buffer.alloc(MAX_UNPACKED_BYTES + 1);
const [GZIP, SNAPPY, LZ4] = [1, 2, 3];

test.each([
  ['gzip', GZIP, () => gzipSync(ZEROS)],
  ['snappy', SNAPPY, () => compressionsAlgorithms.snappy.compressSync(ZEROS)],
  ['lz4', LZ4, () => compressionsAlgorithms.lz4.compressSync(ZEROS)],
] as const)('a small message in %s that becomes huge is not unpacked', async (_name, codec, pack) => {
  lab.state.partition('orders', 0)?.log.append(batch(pack(), codec, 1));
  const before = process.memoryUsage().arrayBuffers;
  const reading = lab.kafka.read(consume, 'it', { topic: 'orders', partition: 0, position: 'earliest' });
  await expect(reading).rejects.toMatchObject({ code: 'result_too_large' });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(3 * MAX_UNPACKED_BYTES);
});

test('a snappy block that lies about its size, in Java’s framing too, is refused', () => {
  const lie = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00]);
  const framed = Buffer.concat([
    Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]),
    Buffer.from([0, 0, 0, lie.length]),
    lie,
  ]);
  for (const body of [lie, framed]) expect(() => unpack(body, SNAPPY)).toThrow(/larger than 16 MiB/);
});

test('blocks that are small each and too large together are refused', () => {
  const block = compressionsAlgorithms.snappy.compressSync(Buffer.alloc(4 * 2 ** 20));
  const head = Buffer.alloc(4);
  head.writeInt32BE(block.length);
  const five = Array.from({ length: 5 }, () => [head, block]).flat();
  const framed = Buffer.concat([
    Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]),
    Buffer.alloc(8),
    ...five,
  ]);
  expect(() => unpack(framed, SNAPPY)).toThrow(/larger than 16 MiB/);
});

test('a million empty messages in one batch are not all made into objects', () => {
  const one = Buffer.from([12, 0, 0, 0, 1, 1, 0]);
  const count = 1_000_000;
  const body = gzipSync(Buffer.alloc(one.length * count, one));
  const { records } = decodeBatches(batch(body, GZIP, count), 0, 10);
  expect(records).toHaveLength(10);
});

test('a batch that says that it holds more than it does, or nonsense, is refused', () => {
  const one = Buffer.from([12, 0, 0, 0, 1, 1, 0]);
  expect(() => decodeBatches(batch(one, 0, 0x7fffffff), 0, 10)).toThrow(/cannot be read/);
  for (const length of [0x7f, 0x01]) {
    const body = Buffer.concat([Buffer.from([length]), one.subarray(1)]);
    expect(() => decodeBatches(batch(body, 0, 1), 0, 10)).toThrow(/cannot be read/);
  }
  const torn = batch(one, 0, 1);
  torn.writeUInt8(9, 62);
  expect(() => decodeBatches(torn, 0, 10)).toThrow(/cannot be read/);
});
