import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { consume } from '../../../src/services/kafka/tools/consume.ts';
import { asked, closeLab, type Lab, openLab } from './fixture.ts';
import { put } from './producing.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab({ nodes: 2 });
  put(
    lab.state,
    'orders',
    0,
    Array.from({ length: 6 }, (_, at) => ({ key: `k${at}`, value: `v${at}`, time: 1_000 * at })),
  );
});
afterEach(() => closeLab(lab));

const values = ({ messages }: { messages: readonly { value: string | null }[] }) =>
  messages.map(({ value }) => value);
const at = { topic: 'orders', partition: 0 } as const;

describe('messages are read from', () => {
  test('the end, the last ones', async () => {
    const found = await lab.kafka.read(consume, 'it', { ...at, count: 2 });
    expect(values(found)).toEqual(['v4', 'v5']);
    expect(found).toMatchObject({
      truncated: false,
      positions: [{ partition: 0, next_offset: 6, end_offset: 6 }],
    });
  });

  test('the beginning, and on from where a call stopped', async () => {
    const first = await lab.kafka.read(consume, 'it', { ...at, position: 'earliest', count: 4 });
    expect(values(first)).toEqual(['v0', 'v1', 'v2', 'v3']);
    expect(first.truncated).toBe(true);
    const offset = first.positions[0]?.next_offset ?? -1;
    const next = await lab.kafka.read(consume, 'it', { ...at, position: 'offset', offset, count: 4 });
    expect(values(next)).toEqual(['v4', 'v5']);
  });

  test('a time', async () => {
    const found = await lab.kafka.read(consume, 'it', {
      ...at,
      position: 'time',
      time: '1970-01-01T00:00:03Z',
    });
    expect(values(found)).toEqual(['v3', 'v4', 'v5']);
    expect(found.messages[0]).toMatchObject({ offset: 3, time: '1970-01-01T00:00:03.000Z', key: 'k3' });
    const late = await lab.kafka.read(consume, 'it', {
      ...at,
      position: 'time',
      time: '2020-01-01T00:00:00Z',
    });
    expect(late.messages).toEqual([]);
  });

  test('all partitions by turns', async () => {
    put(lab.state, 'orders', 1, [{ value: 'w0' }, { value: 'w1' }]);
    const found = await lab.kafka.read(consume, 'it', { topic: 'orders', position: 'earliest', count: 5 });
    expect(values(found).sort()).toEqual(['v0', 'v1', 'v2', 'w0', 'w1']);
  });

  test.each(['gzip', 'snappy', 'lz4'] as const)(
    'a batch that is packed with %s, from its middle',
    async (packed) => {
      const many = Array.from({ length: 100 }, (_, n) => ({ value: `packed ${n} ${'x'.repeat(200)}` }));
      put(lab.state, 'orders', 2, many, packed);
      const found = await lab.kafka.read(consume, 'it', {
        topic: 'orders',
        partition: 2,
        position: 'offset',
        offset: 97,
        count: 2,
      });
      expect(found.messages.map(({ offset }) => offset)).toEqual([97, 98]);
      expect(found.messages[0]?.value).toBe(many[97]?.value);
      expect(found.truncated).toBe(true);
    },
  );
});

test('a look commits nothing, joins nothing and leaves the cluster as it was', async () => {
  const before = lab.state.snapshot();
  await lab.kafka.read(consume, 'it', { topic: 'orders', position: 'earliest' });
  expect(asked(lab)).toEqual(['Fetch', 'ListOffsets', 'Metadata']);
  expect(lab.state.snapshot()).toEqual(before);
});

test('bytes that are no text come in base64, and long values are cut at a character', async () => {
  put(lab.state, 'orders', 1, [{ value: Buffer.from([0xff, 0xfe]) }, { value: 'aé'.repeat(10) }]);
  const found = await lab.kafka.read(consume, 'it', { topic: 'orders', partition: 1, bytes: 5 });
  expect(found.messages).toMatchObject([
    { value: '//4=', value_encoding: 'base64', value_bytes: 2 },
    { value: 'aéa', value_encoding: 'text', value_bytes: 30 },
  ]);
  expect(found.truncated).toBe(true);
});

test('a call that is full goes on just behind the last message that it shows', async () => {
  put(
    lab.state,
    'orders',
    1,
    Array.from({ length: 10 }, (_, n) => ({ value: `${n} ${'x'.repeat(1_000)}` })),
  );
  const args = { topic: 'orders', partition: 1, position: 'offset' as const };
  const seen: string[] = [];
  for (let offset = 0; offset < 10; ) {
    const call = { limits: { bytes: 4_000 } };
    const { messages, positions, truncated } = await lab.kafka.read(consume, 'it', { ...args, offset }, call);
    seen.push(...messages.map(({ value }) => value?.slice(0, 1) ?? ''));
    offset = positions[0]?.next_offset ?? 0;
    expect(truncated).toBe(offset < 10);
    expect(JSON.stringify(messages).length).toBeLessThan(4_000);
  }
  expect(seen.join('')).toBe('0123456789');
});

test.each([
  ['key', { key: 'k'.repeat(1_025), value: 'x' }],
  ['header', { value: 'x', headers: { big: 'h'.repeat(513) } }],
  [
    'number of headers',
    { value: 'x', headers: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`h${n}`, ''])) },
  ],
])('a %s beyond what is shown is said to be cut', async (_what, message) => {
  put(lab.state, 'orders', 1, [message]);
  const found = await lab.kafka.read(consume, 'it', { topic: 'orders', partition: 1 });
  expect(found.messages).toHaveLength(1);
  expect(found.truncated).toBe(true);
});

test.each([
  [{ ...at, position: 'offset' as const }, 'invalid_arguments'],
  [{ ...at, offset: 1 }, 'invalid_arguments'],
  [{ ...at, position: 'time' as const }, 'invalid_arguments'],
  [{ topic: 'orders', position: 'offset' as const, offset: 1 }, 'invalid_arguments'],
  [{ ...at, position: 'offset' as const, offset: 7 }, 'query_failed'],
  [{ topic: 'orders', partition: 3 }, 'not_found'],
])('%j is refused with what would be accepted', async (args, code) => {
  await expect(lab.kafka.read(consume, 'it', args)).rejects.toMatchObject({ code });
});

test('what was cleaned away in between is passed over', async () => {
  const log = lab.state.partition('orders', 0)?.log;
  log?.batches.splice(2, 4);
  const found = await lab.kafka.read(consume, 'it', { ...at, position: 'earliest' });
  expect(values(found)).toEqual(['v0', 'v1']);
  expect(found.truncated).toBe(false);
});

describe('a quota that holds messages back', () => {
  test('is told, and not taken for a topic that is not there', async () => {
    lab.state.fetchThrottleMs = 500;
    await expect(lab.kafka.read(consume, 'it', at)).rejects.toMatchObject({ code: 'too_busy' });
  });

  test('ends a call with what it has', async () => {
    put(lab.state, 'orders', 1, [{ value: 'w0' }]);
    const args = { topic: 'orders', position: 'earliest', count: 100 } as const;
    const hold = () => {
      lab.state.fetchThrottleMs = 500;
    };
    lab.twin.meanwhile('Fetch', () => queueMicrotask(() => lab.twin.meanwhile('Fetch', hold)));
    const found = await lab.kafka.read(consume, 'it', args);
    expect(values(found)).toHaveLength(6);
    expect(found.truncated).toBe(true);
    expect(found.positions).toContainEqual({ partition: 1, next_offset: 0, end_offset: 1 });
  });
});

test('a broker may take its time to fetch from remote storage, and for nothing else', async () => {
  await lab.kafka.read(consume, 'it', at);
  const [asked] = lab.twin.requests.filter(({ api }) => api === 'Fetch');
  expect(asked?.detail).toMatchObject({ minBytes: 0, maxWait: 2_000 });
});
