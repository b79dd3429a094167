import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CHANGING_APIS } from '../../src/services/kafka/protocol/apis.ts';
import { openStack, type TestStack } from '../harness/stack.ts';
import { type KafkaTwin, startKafkaTwin } from '../twins/kafka/server.ts';

/** A way back that is tried runs its own code, which ends in requests that change the cluster. */
describe('trying a way back on Kafka', () => {
  let twin: KafkaTwin;
  let stack: TestStack;
  beforeEach(async () => {
    twin = await startKafkaTwin({ nodes: 2 });
    twin.state.create('orders', 2, { 'retention.ms': '1000' });
    twin.state.group('billing');
    for (const { log } of twin.state.topics.get('orders')?.partitions ?? []) log.latest = 5;
    stack = await openStack({
      topology: `stack: shop
components:
  app: {type: application}
  bus: {type: kafka, brokers: [${twin.brokers.map((one) => `'${one}'`).join(', ')}], topics: {all: {match: ['orders', 'made'], groups: [billing]}}}
links:
  - {from: app, to: bus, type: operates}
`,
      env: { MCP_BUS_WRITE_ACCESS: 'true' },
    });
  });
  afterEach(async () => {
    await stack.close();
    await twin.close();
    expect(twin.violations).toEqual([]);
  });

  test.each([
    ['kafka_create_topic', { topic: 'made', partitions: 1 }],
    ['kafka_alter_topic_config', { topic: 'orders', set: { 'retention.ms': 2000 } }],
    ['kafka_reset_offsets', { group: 'billing', topic: 'orders', position: 'latest' }],
  ])('of %s changes nothing, and neither does trying to make it again', async (tool, args) => {
    const { history } = stack.stackward;
    const start = history.versions.version();
    const answer = await stack.call(tool, args);
    expect(answer.isError, JSON.stringify(answer.content)).toBe(false);
    const written = history.versions.version();
    await leavesAlone(start);
    const { digest } = await history.plan('stack', start);
    const run = { principal: 'stack', by: 'tester', signal: new AbortController().signal };
    await history.rollbacks.begin({ to: start, digest }, run);
    await leavesAlone(written);
  });

  async function leavesAlone(to: number): Promise<void> {
    const left = twin.state.snapshot();
    twin.forget();
    const { obstacles, steps } = await stack.stackward.history.plan('stack', to);
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
