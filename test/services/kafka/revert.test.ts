import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alterTopicConfig } from '../../../src/services/kafka/tools/alter-topic-config.ts';
import { createTopic } from '../../../src/services/kafka/tools/create-topic.ts';
import { resetOffsets } from '../../../src/services/kafka/tools/reset-offsets.ts';
import { closeLab, type Lab, openLab } from './fixture.ts';
import { put } from './producing.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab({ nodes: 3 });
  put(lab.state, 'orders', 0, Array(6).fill({ value: 'x' }));
  put(lab.state, 'orders', 1, Array(3).fill({ value: 'x' }));
});
afterEach(() => closeLab(lab));

describe('taking back a new topic', () => {
  const args = { topic: 'new-one', partitions: 4, settings: { 'cleanup.policy': 'compact' as const } };

  test('deletes it while it is as it was made', async () => {
    const before = lab.state.snapshot();
    const written = await lab.kafka.write(createTopic, 'it', args);
    expect(lab.state.topics.get('new-one')?.config.get('cleanup.policy')).toBe('compact');
    await lab.kafka.revert(createTopic, 'it', args, written);
    expect(lab.state.snapshot()).toEqual(before);
    await lab.kafka.revert(createTopic, 'it', args, written);
    expect(lab.state.snapshot()).toEqual(before);
  });

  test.each<readonly [string, (state: Lab['state']) => void]>([
    ['a message was written', (state) => put(state, 'new-one', 2, [{ value: 'x' }])],
    [
      'a message was written and is gone again',
      (state) => {
        put(state, 'new-one', 2, [{ value: 'x' }]);
        state.partition('new-one', 2)?.log.drop(1);
      },
    ],
    ['a setting was changed', (state) => void state.topics.get('new-one')?.config.set('retention.ms', '1')],
    [
      'partitions were added',
      (state) => {
        const topic = state.topics.get('new-one');
        if (topic) state.grow(topic, 5);
      },
    ],
    [
      'it was deleted and made again',
      (state) => void state.create('new-one', 4, { 'cleanup.policy': 'compact' }),
    ],
    [
      'a partition has no leader, so that nobody can look',
      (state) => {
        const one = state.partition('new-one', 1);
        if (one) one.leader = -1;
      },
    ],
  ])('is a conflict once %s', async (_what, meddle) => {
    const written = await lab.kafka.write(createTopic, 'it', args);
    meddle(lab.state);
    const state = lab.state.snapshot();
    await expect(lab.kafka.revert(createTopic, 'it', args, written)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(lab.state.snapshot()).toEqual(state);
  });

  test('hits no topic that was made again between the look and the delete', async () => {
    const written = await lab.kafka.write(createTopic, 'it', args);
    lab.twin.meanwhile('DeleteTopics', () => void lab.state.create('new-one', 4));
    await expect(lab.kafka.revert(createTopic, 'it', args, written)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(lab.state.topics.has('new-one')).toBe(true);
  });

  test('is a conflict where a crash left unknown who made it', async () => {
    const { before } = await lab.kafka.write(createTopic, 'it', args);
    const crashed = { before, after: null };
    await expect(lab.kafka.revert(createTopic, 'it', args, crashed)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(lab.state.topics.has('new-one')).toBe(true);
  });

  test('a topic that is there already is refused and stays', async () => {
    await lab.kafka.write(createTopic, 'it', args);
    const state = lab.state.snapshot();
    await expect(lab.kafka.write(createTopic, 'it', args)).rejects.toMatchObject({ code: 'conflict' });
    expect(lab.state.snapshot()).toEqual(state);
  });
});

/** Numbers that look random and are the same in every run. */
function* numbers(seed: number): Generator<number> {
  for (let value = seed; ; ) {
    value = (value * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield value / 2_147_483_648;
  }
}

describe('taking back changed settings', () => {
  const VALUES: Readonly<Record<string, readonly (string | number)[]>> = {
    'retention.ms': [604_800_000, -1],
    'retention.bytes': [-1],
    'min.insync.replicas': [1, 2],
    'max.message.bytes': [100_000, 2_000_000],
    'compression.type': ['lz4', 'zstd'],
    'segment.ms': [60_000],
    'segment.bytes': [2_000_000],
  };
  const NAMES = Object.keys(VALUES);

  test.each(Array.from({ length: 30 }, (_, seed) => seed))('puts all back, at random %i', async (seed) => {
    const random = numbers(seed + 1);
    const pick = <T>(from: readonly T[]): T =>
      from[Math.floor((random.next().value ?? 0) * from.length)] as T;
    const config = lab.state.topics.get('orders')?.config;
    for (const name of ['min.insync.replicas', 'compression.type', 'segment.ms'])
      if (pick([true, false])) config?.set(name, String(pick(VALUES[name] ?? [])));
    const set: Record<string, unknown> = {};
    const reset: string[] = [];
    for (const name of NAMES) {
      const what = pick(['set', 'reset', 'leave']);
      if (what === 'set') set[name] = pick(VALUES[name] ?? []);
      if (what === 'reset') reset.push(name);
    }
    if (Object.keys(set).length + reset.length === 0) reset.push('segment.ms');
    const before = lab.state.snapshot();
    const written = await lab.kafka.write(alterTopicConfig, 'it', { topic: 'orders', set, reset });
    for (const [name, value] of Object.entries(set)) expect(config?.get(name)).toBe(String(value));
    for (const name of reset) expect(config?.has(name)).toBe(false);
    await lab.kafka.revert(alterTopicConfig, 'it', { topic: 'orders', set, reset }, written);
    expect(lab.state.snapshot()).toEqual(before);
  });

  test('is a conflict once somebody set one of them anew', async () => {
    const args = { topic: 'orders', set: { 'segment.ms': 60_000, 'max.message.bytes': 5_000 } };
    const written = await lab.kafka.write(alterTopicConfig, 'it', args);
    lab.state.topics.get('orders')?.config.set('segment.ms', '7');
    const state = lab.state.snapshot();
    await expect(lab.kafka.revert(alterTopicConfig, 'it', args, written)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(lab.state.snapshot()).toEqual(state);
  });

  test.each([
    ['deleted', () => void lab.state.topics.delete('orders')],
    [
      'deleted and made again, with the same settings',
      () => void lab.state.create('orders', 3, { 'retention.ms': '86400000', 'segment.ms': '60000' }),
    ],
  ])('is a conflict once the topic was %s', async (_what, meddle) => {
    const args = { topic: 'orders', set: { 'segment.ms': 60_000 } };
    const written = await lab.kafka.write(alterTopicConfig, 'it', args);
    meddle();
    const state = lab.state.snapshot();
    await expect(lab.kafka.revert(alterTopicConfig, 'it', args, written)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(lab.state.snapshot()).toEqual(state);
  });

  test('leaves settings alone that the write did not touch', async () => {
    const args = { topic: 'orders', set: { 'segment.ms': 60_000 } };
    const written = await lab.kafka.write(alterTopicConfig, 'it', args);
    lab.state.topics.get('orders')?.config.set('max.message.bytes', '7');
    await lab.kafka.revert(alterTopicConfig, 'it', args, written);
    const config = lab.state.topics.get('orders')?.config;
    expect([config?.get('max.message.bytes'), config?.has('segment.ms')]).toEqual(['7', false]);
  });
});

describe('taking back moved offsets', () => {
  const args = { group: 'orders-mail', topic: 'orders', position: 'earliest' } as const;
  beforeEach(() => {
    lab.state.commit('orders-mail', 'orders', 0, 4);
    lab.state.groups.get('orders-mail')?.commits.set('orders 0', { offset: 4n, epoch: 2, metadata: 'mine' });
    lab.state.commit('orders-mail', 'orders.dead', 0, 0);
  });

  test.each([
    [{ position: 'earliest' }, [0, 0, 0]],
    [{ position: 'latest' }, [6, 3, 0]],
    [{ position: 'time', time: '1970-01-01T00:00:00Z' }, [0, 0, 0]],
    [{ position: 'offset', offset: 5, partitions: [0] }, [5, undefined, undefined]],
    [{ position: 'latest', partitions: [1, 2] }, [4, 3, 0]],
  ] as const)('puts all back after %j', async (where, expected) => {
    const moving = {
      group: 'orders-mail',
      topic: 'orders',
      ...where,
      partitions: [...('partitions' in where ? where.partitions : [0, 1, 2])],
    };
    const before = lab.state.snapshot();
    const written = await lab.kafka.write(resetOffsets, 'it', moving);
    const commits = lab.state.groups.get('orders-mail')?.commits;
    expect([0, 1, 2].map((one) => commits?.get(`orders ${one}`)?.offset)).toEqual(
      expected.map((one) => (one === undefined ? undefined : BigInt(one))),
    );
    await lab.kafka.revert(resetOffsets, 'it', moving, written);
    expect(lab.state.snapshot()).toEqual(before);
  });

  test('says from where to where', async () => {
    const { output } = await lab.kafka.write(resetOffsets, 'it', { ...args, partitions: [0, 1] });
    expect(output.partitions).toEqual([
      { partition: 0, from: 4, to: 0 },
      { partition: 1, from: null, to: 0 },
    ]);
  });

  test('is a conflict once the group went on', async () => {
    const written = await lab.kafka.write(resetOffsets, 'it', args);
    lab.state.commit('orders-mail', 'orders', 1, 2);
    const state = lab.state.snapshot();
    await expect(lab.kafka.revert(resetOffsets, 'it', args, written)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(lab.state.snapshot()).toEqual(state);
  });

  test('is in doubt where a part of it is back and the rest is refused', async () => {
    const written = await lab.kafka.write(resetOffsets, 'it', args);
    const state = lab.state.snapshot();
    lab.twin.refuse('OffsetCommit', 27);
    await expect(lab.kafka.revert(resetOffsets, 'it', args, written)).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    expect(lab.state.snapshot()).not.toEqual(state);
    lab.twin.refuse('OffsetCommit', 0);
    await lab.kafka.revert(resetOffsets, 'it', args, written);
    expect(lab.state.groups.get('orders-mail')?.commits.get('orders 0')?.offset).toBe(4n);
  });

  test('is a conflict once somebody is in the group', async () => {
    const written = await lab.kafka.write(resetOffsets, 'it', args);
    const group = lab.state.groups.get('orders-mail');
    if (group) group.state = 'Stable';
    const state = lab.state.snapshot();
    await expect(lab.kafka.revert(resetOffsets, 'it', args, written)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(lab.state.snapshot()).toEqual(state);
  });

  test('a group at work keeps its offsets, also when it comes to work in between', async () => {
    const state = lab.state.snapshot();
    const group = lab.state.groups.get('orders-mail');
    lab.twin.meanwhile('OffsetCommit', () => {
      if (group) group.state = 'Stable';
    });
    await expect(lab.kafka.write(resetOffsets, 'it', args)).rejects.toMatchObject({ code: 'conflict' });
    await expect(lab.kafka.write(resetOffsets, 'it', args)).rejects.toMatchObject({ code: 'conflict' });
    if (group) group.state = 'Empty';
    expect(lab.state.snapshot()).toEqual(state);
  });

  test('a group that is not there is not made', async () => {
    const state = lab.state.snapshot();
    await expect(lab.kafka.write(resetOffsets, 'it', { ...args, group: 'orders-x' })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(lab.state.snapshot()).toEqual(state);
  });
});
