import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CHANGING_APIS } from '../../src/services/kafka/protocol/apis.ts';
import { type Opened, openKafka } from '../versions/precheck-twins.ts';

/** A way back that is tried runs its own code, which ends in requests that change the cluster. */
describe('trying a way back on Kafka', () => {
  let opened: Opened<typeof openKafka>;
  let twin: typeof opened.twin;
  let lab: typeof opened.lab;
  beforeEach(async () => {
    opened = await openKafka();
    ({ twin, lab } = opened);
  });
  afterEach(() => opened.close());

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
