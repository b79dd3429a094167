import { afterEach, beforeEach, expect, test } from 'vitest';
import { alterTopicConfig } from '../../src/services/kafka/tools/alter-topic-config.ts';
import { createTopic } from '../../src/services/kafka/tools/create-topic.ts';
import { closeLab, type Lab, openLab } from '../services/kafka/fixture.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(() => closeLab(lab));

test.each([
  { 'cleanup.policy': 'compact' },
  { 'cleanup.policy': 'delete' },
  { 'delete.retention.ms': 0 },
  { 'retention.ms': -2 },
  { 'retention.ms': 0.5 },
  { 'retention.ms': '999999999' },
  { 'max.compaction.lag.ms': 1 },
  { 'unclean.leader.election.enable': true },
  { 'message.timestamp.type': 'LogAppendTime' },
  { 'leader.replication.throttled.replicas': '*' },
  { 'local.retention.ms': 1 },
  { 'remote.storage.enable': false },
  { 'Retention.ms': 1 },
])('the setting %j is not taken', (set) => {
  expect(alterTopicConfig.params.safeParse({ topic: 'orders', set }).success).toBe(false);
  expect(alterTopicConfig.params.safeParse({ topic: 'orders', reset: Object.keys(set) }).success).toBe(
    Object.keys(set)[0] === 'retention.ms',
  );
});

test.each([
  [{ 'retention.ms': 1 }, []],
  [{ 'retention.ms': 0 }, []],
  [{ 'retention.bytes': 0 }, []],
  [{ 'retention.bytes': 1_000_000_000_000 }, []],
  [{ 'segment.ms': 1, 'retention.ms': 86_399_999 }, []],
])('a lower retention in %j changes nothing, not even what comes with it', async (set, reset) => {
  const state = lab.state.snapshot();
  const attempt = lab.kafka.write(alterTopicConfig, 'it', { topic: 'orders', set, reset });
  await expect(attempt).rejects.toMatchObject({ code: 'query_failed' });
  expect(lab.twin.requests.map(({ api }) => api)).not.toContain('IncrementalAlterConfigs');
  expect(lab.state.snapshot()).toEqual(state);
});

test('a retention whose way down the broker hides is not reset', async () => {
  lab.twin.onNext('DescribeConfigs', Buffer.alloc(0));
  await expect(
    lab.kafka.write(alterTopicConfig, 'it', { topic: 'orders', reset: ['retention.ms'] }),
  ).rejects.toMatchObject({ code: 'backend_failed' });
  expect(lab.twin.requests.map(({ api }) => api)).not.toContain('IncrementalAlterConfigs');
});

test('a forged record of what was before sets nothing else', async () => {
  const args = { topic: 'orders', set: { 'segment.ms': 60_000 } };
  const written = await lab.kafka.write(alterTopicConfig, 'it', args);
  const state = lab.state.snapshot();
  const forged = JSON.parse(JSON.stringify(written).replaceAll('segment.ms', 'cleanup.policy'));
  await expect(lab.kafka.revert(alterTopicConfig, 'it', args, forged)).rejects.toThrow();
  expect(lab.state.snapshot()).toEqual(state);
});

test('a new topic takes only settings of the list', () => {
  for (const name of ['unclean.leader.election.enable', 'follower.replication.throttled.replicas', 'x'])
    expect(
      createTopic.params.safeParse({ topic: 'new-a', partitions: 1, settings: { [name]: 1 } }).success,
    ).toBe(false);
});
