import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CHANGING_APIS } from '../../src/services/kafka/protocol/apis.ts';
import { type KafkaTwin, startKafkaTwin } from '../twins/kafka/server.ts';
import { openPrecheckLab, type PrecheckLab } from '../versions/precheck-lab.ts';

/** A way back that is tried runs its own code, which ends in requests that change the cluster. */
describe('trying a way back on Kafka', () => {
  let twin: KafkaTwin;
  let lab: PrecheckLab;
  beforeEach(async () => {
    twin = await startKafkaTwin({ nodes: 2 });
    twin.state.create('orders', 2, { 'retention.ms': '1000' });
    twin.state.group('billing');
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

  test.each([
    ['kafka_create_topic', { topic: 'made', partitions: 1 }],
    ['kafka_alter_topic_config', { topic: 'orders', set: { 'retention.ms': 2000 } }],
    ['kafka_reset_offsets', { group: 'billing', topic: 'orders', position: 'latest' }],
  ])('of %s changes nothing, and neither does trying to make it again', async (tool, args) => {
    const start = await lab.written(tool, args);
    await leavesAlone(start);
    await leavesAlone(await lab.back(start));
  });

  async function leavesAlone(to: number): Promise<void> {
    const left = twin.state.snapshot();
    twin.forget();
    const { obstacles, steps } = await lab.plan(to);
    expect({ obstacles, steps: steps.length }).toEqual({ obstacles: [], steps: 1 });
    expect(twin.state.snapshot()).toEqual(left);
    for (const { api, detail } of twin.requests)
      if (CHANGING.has(api)) expect(detail, api).toMatchObject({ validateOnly: true });
  }
});

const CHANGING: ReadonlySet<string> = new Set([
  'Produce',
  'OffsetCommit',
  'CreateTopics',
  'DeleteTopics',
  'CreatePartitions',
  'IncrementalAlterConfigs',
  'OffsetDelete',
]);
test('every request that changes a cluster is looked for', () => {
  expect(CHANGING.size).toBe(CHANGING_APIS.size);
});
