import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeBatches } from '../../src/services/kafka/protocol/records.ts';
import { MAX_UNPACKED_BYTES } from '../../src/services/kafka/protocol/unpack.ts';
import { consume } from '../../src/services/kafka/tools/consume.ts';
import { closeLab, type Lab, openLab } from '../services/kafka/fixture.ts';
import { put } from '../services/kafka/producing.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(() => closeLab(lab));

const COUNT = 40;
const EACH = 8 * 2 ** 20;

/** Puts many batches that are allowed each, and that one fetch takes all together. */
function bombs(): void {
  put(lab.state, 'orders', 0, [{ value: Buffer.alloc(EACH) }], 'gzip');
  const log = lab.state.partition('orders', 0)?.log;
  const [first] = log?.batches ?? [];
  for (let at = 1; first && at < COUNT; at += 1) log?.append(first.bytes);
}

test('batches that are allowed each are not all unpacked at once', () => {
  expect(gzipSync(Buffer.alloc(EACH)).length * COUNT).toBeLessThan(512 * 1024);
  bombs();
  const batches = lab.state.partition('orders', 0)?.log.batches ?? [];
  const { records, next } = decodeBatches(Buffer.concat(batches.map(({ bytes }) => bytes)), 0, 500);
  const held = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  expect(held).toBeLessThan(2 * MAX_UNPACKED_BYTES);
  expect(next).toBe(records.length);
});

test('a call ends after what it may unpack, says so and where to go on', async () => {
  bombs();
  const args = { topic: 'orders', partition: 0, position: 'earliest', count: 500, bytes: 10 } as const;
  const found = await lab.kafka.read(consume, 'it', args);
  expect(found.messages.length).toBeLessThan(COUNT / 2);
  expect(found.messages.length).toBeGreaterThan(0);
  expect(found.truncated).toBe(true);
  expect(found.positions).toEqual([{ partition: 0, next_offset: found.messages.length, end_offset: COUNT }]);
});
