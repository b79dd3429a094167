import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type KafkaTwin, startKafkaTwin } from '../twins/kafka/server.ts';
import { openPrecheckLab, type PrecheckLab } from './precheck-lab.ts';

describe('a rollback on Kafka', () => {
  let twin: KafkaTwin;
  let lab: PrecheckLab;
  beforeEach(async () => {
    twin = await startKafkaTwin({ nodes: 2 });
    twin.state.create('orders', 2, { 'retention.ms': '1000' });
    twin.state.group('billing');
    twin.state.commit('billing', 'orders', 0, 1);
    for (const { log } of twin.state.topics.get('orders')?.partitions ?? []) log.latest = 5;
    lab = await openPrecheckLab(
      `type: kafka, brokers: [${twin.brokers.map((one) => `'${one}'`).join(', ')}], topics: {all: {match: ['orders', 'made'], groups: [billing]}}`,
      'operates',
      {},
    );
  });
  afterEach(async () => {
    await lab.close();
    await twin.close();
    expect(twin.violations).toEqual([]);
  });

  const written: PrecheckLab['written'] = (tool, args) => lab.written(tool, args);
  const raised = (ms = 2000) =>
    written('kafka_alter_topic_config', { topic: 'orders', set: { 'retention.ms': ms } });
  const moved = () =>
    written('kafka_reset_offsets', { group: 'billing', topic: 'orders', position: 'latest' });

  test('has the cluster judge the settings without setting them', async () => {
    const start = await raised();
    twin.forget();
    expect(await lab.plan(start)).toMatchObject({ obstacles: [], untried: [] });
    expect(twin.requests).toContainEqual(
      expect.objectContaining({
        api: 'IncrementalAlterConfigs',
        detail: expect.objectContaining({ validateOnly: true }),
      }),
    );
    expect(twin.state.topics.get('orders')?.config.get('retention.ms')).toBe('2000');
  });

  test('that a policy of the cluster forbids is found', async () => {
    const start = await raised();
    twin.refuse('IncrementalAlterConfigs', 44);
    expect(await lab.found(start)).toEqual([expect.stringContaining('a policy of the cluster forbids it')]);
  });

  test('finds a right that went for a later step too', async () => {
    const start = await raised(2000);
    await raised(3000);
    await moved();
    twin.state.denied.add('topic orders AlterConfigs');
    expect(await lab.found(start)).toEqual([
      expect.stringMatching(/^version \d+: the account lacks AlterConfigs on the topic orders;/),
      expect.stringMatching(/^version \d+: the account lacks AlterConfigs on the topic orders;/),
    ]);
  });

  test('needs the right to delete a topic that was made', async () => {
    const start = await written('kafka_create_topic', { topic: 'made', partitions: 1 });
    expect(await lab.plan(start)).toMatchObject({ obstacles: [], untried: [] });
    twin.state.denied.add('topic made Delete');
    expect(await lab.found(start)).toEqual([expect.stringContaining('lacks Delete on the topic made')]);
  });

  test.each([
    ['group billing Read', 'lacks Read on the group billing'],
    ['group billing Delete', 'lacks Delete on the group billing'],
    ['topic orders Read', 'lacks Read on the topic orders'],
  ])('to put offsets back without %s is found', async (right, said) => {
    const start = await moved();
    expect(await lab.plan(start)).toMatchObject({ obstacles: [], untried: [] });
    twin.state.denied.add(right);
    expect(await lab.found(start)).toEqual([expect.stringContaining(said)]);
  });

  test('finds a group that is at work again, and offsets that it moved', async () => {
    const start = await moved();
    const group = twin.state.groups.get('billing');
    if (group) group.state = 'Stable';
    expect(await lab.found(start)).toEqual([expect.stringContaining('billing is Stable')]);
    twin.state.commit('billing', 'orders', 0, 3);
    expect(await lab.found(start)).toEqual([expect.stringContaining('went on in partition 0')]);
  });

  test('has the cluster judge a topic that would be made again', async () => {
    const start = await written('kafka_create_topic', { topic: 'made', partitions: 1 });
    const made = await lab.back(start);
    twin.forget();
    expect(await lab.plan(made)).toMatchObject({ obstacles: [], untried: [] });
    expect(twin.requests).toContainEqual(
      expect.objectContaining({
        api: 'CreateTopics',
        detail: expect.objectContaining({ validateOnly: true }),
      }),
    );
    expect(twin.state.topics.has('made')).toBe(false);
    twin.state.denied.add('topic made Create');
    expect(await lab.found(made)).toEqual([expect.stringContaining('does not let the component’s account')]);
  });

  test('says where the cluster does not tell the rights', async () => {
    const start = await written('kafka_create_topic', { topic: 'made', partitions: 1 });
    twin.state.isSilentOnRights = true;
    expect(await lab.plan(start)).toMatchObject({
      obstacles: [],
      untried: ['it: whether the account has Delete on the topic made: the cluster does not say'],
    });
  });
});
