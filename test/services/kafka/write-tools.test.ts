import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addPartitions } from '../../../src/services/kafka/tools/add-partitions.ts';
import { alterTopicConfig } from '../../../src/services/kafka/tools/alter-topic-config.ts';
import { consume } from '../../../src/services/kafka/tools/consume.ts';
import { createTopic } from '../../../src/services/kafka/tools/create-topic.ts';
import { deleteTopic } from '../../../src/services/kafka/tools/delete-topic.ts';
import { lowerRetention } from '../../../src/services/kafka/tools/lower-retention.ts';
import { produce } from '../../../src/services/kafka/tools/produce.ts';
import { resetOffsets } from '../../../src/services/kafka/tools/reset-offsets.ts';
import { asked, closeLab, type Lab, openLab } from './fixture.ts';
import { put } from './producing.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab({ nodes: 3 });
});
afterEach(() => closeLab(lab));

describe('a message', () => {
  // From Kafka's own UtilsTest: what murmur2 makes of each key.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
  ])('with the key %s goes where Kafka’s own clients put it', async (key, hash) => {
    const { output } = await lab.kafka.write(produce, 'it', { topic: 'orders', key, value: 'x' });
    expect(output).toEqual({ topic: 'orders', partition: (hash & 0x7fffffff) % 3, offset: 0 });
  });

  test('is written whole, with its key and headers, as bytes where it says so', async () => {
    const args = {
      topic: 'orders',
      partition: 1,
      key: '/w==',
      key_encoding: 'base64' as const,
      value: 'grüße',
      headers: { source: 'test', empty: '' },
    };
    await lab.kafka.write(produce, 'it', args);
    const { messages } = await lab.kafka.read(consume, 'it', { topic: 'orders', partition: 1 });
    expect(messages[0]).toMatchObject({
      key: '/w==',
      key_encoding: 'base64',
      value: 'grüße',
      headers: [
        { name: 'source', value: 'test', encoding: 'text' },
        { name: 'empty', value: '', encoding: 'text' },
      ],
    });
    expect(lab.twin.requests.find(({ api }) => api === 'Produce')?.detail).toEqual({
      acks: -1,
      topics: [['orders', [1]]],
    });
  });

  test.each([
    [{ topic: 'orders', value: '!', encoding: 'base64' as const }, 'invalid_arguments'],
    [{ topic: 'orders', value: 'half \ud800' }, 'invalid_arguments'],
    [{ topic: 'orders', value: 'x', headers: { half: '\ud800' } }, 'invalid_arguments'],
    [{ topic: 'orders', partition: 9, value: 'x' }, 'not_found'],
    [{ topic: 'new-none', value: 'x' }, 'not_found'],
  ])('that cannot be written as asked is refused: %j', async (args, code) => {
    await expect(lab.kafka.write(produce, 'it', args)).rejects.toMatchObject({ code });
    expect(asked(lab)).not.toContain('Produce');
    expect(lab.state.topics.has('new-none')).toBe(false);
  });

  test('that is too large is refused by the broker, and nothing was written', async () => {
    lab.state.topics.get('orders')?.config.set('max.message.bytes', '100');
    const args = { topic: 'orders', partition: 0, value: 'x'.repeat(200) };
    await expect(lab.kafka.write(produce, 'it', args)).rejects.toMatchObject({ code: 'query_failed' });
  });
});

describe('a topic', () => {
  test('is made with the cluster’s own replication unless another is given', async () => {
    await lab.kafka.write(createTopic, 'it', { topic: 'new-a', partitions: 1 });
    await lab.kafka.write(createTopic, 'it', { topic: 'new-b', partitions: 1, replication_factor: 3 });
    const wanted = lab.twin.requests.flatMap(({ api, detail }) => (api === 'CreateTopics' ? [detail] : []));
    expect(wanted).toMatchObject([{ topics: [{ replication: -1 }] }, { topics: [{ replication: 3 }] }]);
    const most = { topic: 'new-c', partitions: 1, replication_factor: 9 };
    await expect(lab.kafka.write(createTopic, 'it', most)).rejects.toMatchObject({ code: 'query_failed' });
  });

  test('is deleted by its identifier', async () => {
    const id = lab.state.topics.get('orders')?.id;
    await lab.kafka.write(deleteTopic, 'it', { topic: 'orders' });
    expect(lab.state.topics.has('orders')).toBe(false);
    const asked = lab.twin.requests.find(({ api }) => api === 'DeleteTopics');
    expect(asked?.detail).toEqual({ topics: [{ name: null, id }] });
  });

  test('gets partitions from a number that the caller knows', async () => {
    const args = { topic: 'orders', from: 2, to: 5 };
    await expect(lab.kafka.write(addPartitions, 'it', args)).rejects.toMatchObject({ code: 'conflict' });
    await lab.kafka.write(addPartitions, 'it', { ...args, from: 3 });
    expect(lab.state.topics.get('orders')?.partitions).toHaveLength(5);
    expect(addPartitions.params.safeParse({ topic: 'orders', from: 3, to: 3 }).success).toBe(false);
  });

  test('is changed at the controller, wherever that is', async () => {
    lab.state.controller = 3;
    await lab.kafka.write(createTopic, 'it', { topic: 'new-a', partitions: 1 });
    await lab.kafka.write(alterTopicConfig, 'it', { topic: 'orders', set: { 'segment.ms': 1_000 } });
    const nodes = lab.twin.requests
      .filter(({ api }) => api === 'CreateTopics' || api === 'IncrementalAlterConfigs')
      .map(({ node }) => node);
    expect(nodes).toEqual([3, 3]);
  });
});

describe('retention', () => {
  const config = () => lab.state.topics.get('orders')?.config;

  test('is only raised by changing settings', async () => {
    const state = lab.state.snapshot();
    for (const set of [{ 'retention.ms': 86_399_999 }, { 'retention.bytes': 1_000_000 }])
      await expect(lab.kafka.write(alterTopicConfig, 'it', { topic: 'orders', set })).rejects.toMatchObject({
        code: 'query_failed',
        detail: expect.stringContaining('kafka_lower_retention'),
      });
    expect(lab.state.snapshot()).toEqual(state);
    await lab.kafka.write(alterTopicConfig, 'it', { topic: 'orders', set: { 'retention.ms': -1 } });
    expect(config()?.get('retention.ms')).toBe('-1');
  });

  test('is not lowered by leaving it to the cluster', async () => {
    config()?.set('retention.ms', '-1');
    const args = { topic: 'orders', reset: ['retention.ms'] };
    await expect(lab.kafka.write(alterTopicConfig, 'it', args)).rejects.toMatchObject({
      code: 'query_failed',
    });
    config()?.set('retention.ms', '1000');
    await lab.kafka.write(alterTopicConfig, 'it', args);
    expect(config()?.has('retention.ms')).toBe(false);
  });

  test('is lowered by the tool for it, which raises nothing', async () => {
    const raising = { topic: 'orders', retention: { 'retention.ms': -1 } };
    await expect(lab.kafka.write(lowerRetention, 'it', raising)).rejects.toMatchObject({ code: 'conflict' });
    await lab.kafka.write(lowerRetention, 'it', { topic: 'orders', retention: { 'retention.ms': 1_000 } });
    expect(config()?.get('retention.ms')).toBe('1000');
    expect(lowerRetention.params.safeParse({ topic: 'orders', retention: {} }).success).toBe(false);
  });

  test('nothing to change, or the same twice, is refused', async () => {
    const args = [{ topic: 'orders' }, { topic: 'orders', set: { 'segment.ms': 1 }, reset: ['segment.ms'] }];
    for (const one of args)
      await expect(lab.kafka.write(alterTopicConfig, 'it', one)).rejects.toMatchObject({
        code: 'invalid_arguments',
      });
  });
});

describe('a write whose answer is lost', () => {
  const WRITES = [
    ['CreateTopics', () => lab.kafka.write(createTopic, 'it', { topic: 'new-a', partitions: 1 })],
    ['DeleteTopics', () => lab.kafka.write(deleteTopic, 'it', { topic: 'orders' })],
    ['CreatePartitions', () => lab.kafka.write(addPartitions, 'it', { topic: 'orders', from: 3, to: 4 })],
    [
      'IncrementalAlterConfigs',
      () => lab.kafka.write(alterTopicConfig, 'it', { topic: 'orders', set: { 'segment.ms': 1_000 } }),
    ],
    ['Produce', () => lab.kafka.write(produce, 'it', { topic: 'orders', value: 'x' })],
    [
      'OffsetCommit',
      () =>
        lab.kafka.write(resetOffsets, 'it', { group: 'orders-mail', topic: 'orders', position: 'latest' }),
    ],
  ] as const;
  beforeEach(() => lab.state.commit('orders-mail', 'orders', 0, 0));

  test.each(WRITES)('%s: is unknown, and is not tried again', async (api, attempt) => {
    put(lab.state, 'orders', 0, [{ value: 'x' }]);
    const before = lab.state.snapshot();
    lab.twin.onNext(api, 'lost');
    await expect(attempt()).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(lab.state.snapshot()).not.toEqual(before);
    expect(lab.twin.requests.filter((one) => one.api === api)).toHaveLength(1);
  });

  test.each(WRITES)('%s: is unknown too when nothing arrived, for who could tell', async (api, attempt) => {
    const before = lab.state.snapshot();
    lab.twin.onNext(api, 'cut');
    await expect(attempt()).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(lab.state.snapshot()).toEqual(before);
  });

  test.each(WRITES)('%s: is unknown where the broker says that it does not know', async (api, attempt) => {
    for (const code of [-1, 7, 20]) {
      lab.twin.refuse(api, code);
      await expect(attempt()).rejects.toMatchObject({ code: 'outcome_unknown' });
    }
    lab.twin.refuse(api, 29);
    await expect(attempt()).rejects.toMatchObject({ code: 'permission_denied' });
  });

  test.each(WRITES)('%s: is unknown when the call is stopped while it runs', async (api, _attempt) => {
    const abort = new AbortController();
    lab.twin.onNext(api, 'silent');
    lab.twin.meanwhile(api, () => setImmediate(() => abort.abort()));
    const call = { signal: abort.signal };
    const stopped = {
      CreateTopics: () => lab.kafka.write(createTopic, 'it', { topic: 'new-a', partitions: 1 }, call),
      DeleteTopics: () => lab.kafka.write(deleteTopic, 'it', { topic: 'orders' }, call),
      CreatePartitions: () => lab.kafka.write(addPartitions, 'it', { topic: 'orders', from: 3, to: 4 }, call),
      IncrementalAlterConfigs: () =>
        lab.kafka.write(alterTopicConfig, 'it', { topic: 'orders', set: { 'segment.ms': 1_000 } }, call),
      Produce: () => lab.kafka.write(produce, 'it', { topic: 'orders', value: 'x' }, call),
      OffsetCommit: () =>
        lab.kafka.write(
          resetOffsets,
          'it',
          { group: 'orders-mail', topic: 'orders', position: 'latest' },
          call,
        ),
    }[api];
    await expect(stopped()).rejects.toMatchObject({ code: 'outcome_unknown' });
  });
});
