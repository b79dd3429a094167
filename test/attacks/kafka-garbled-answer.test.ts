import { afterEach, beforeEach, expect, test } from 'vitest';
import { reads } from '../services/kafka/attempts.ts';
import { closeLab, type Lab, openLab } from '../services/kafka/fixture.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
  lab.state.commit('orders-mail', 'orders', 0, 0);
});
afterEach(() => closeLab(lab));

const APIS = [
  'Metadata',
  'ListOffsets',
  'FindCoordinator',
  'OffsetFetch',
  'DescribeGroups',
  'ListGroups',
  'DescribeConfigs',
];

/** Bytes that look random and are the same in every run. */
function noise(seed: number, length: number): Buffer {
  let value = seed + 1;
  return Buffer.from(
    Array.from({ length }, () => {
      value = (value * 1_103_515_245 + 12_345) % 2_147_483_648;
      return (value / 65_536) & 0xff;
    }),
  );
}
const GARBLED = [
  Buffer.alloc(0),
  Buffer.alloc(64, 0xff),
  Buffer.alloc(64, 0x7f),
  Buffer.concat([Buffer.alloc(6), Buffer.from([0x7f, 0xff, 0xff, 0xff, 0x0f])]),
  ...Array.from({ length: 12 }, (_, seed) => noise(seed, 10 + seed * 37)),
];

test.each(APIS)('an answer to %s that is no answer ends the call alone, and tells nothing', async (api) => {
  for (const bytes of GARBLED)
    for (const [, run] of reads('orders', 'orders-mail')) {
      lab.twin.onNext(api, bytes);
      const outcome = await run(lab.kafka).then(
        () => 'answered',
        (error: unknown) => (error instanceof Error ? error.name : 'thrown'),
      );
      // Zeros and the like may be an answer of a kind; nothing else than our own error comes out.
      expect(['answered', 'ToolError']).toContain(outcome);
    }
});
