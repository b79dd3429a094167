import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kafka as service } from '../../../src/services/kafka/service.ts';
import { openStack, type TestStack } from '../../harness/stack.ts';
import { type KafkaTwin, startKafkaTwin } from '../../twins/kafka/server.ts';

const LOGIN = { mechanisms: ['SCRAM-SHA-512'], user: 'stackward', password: 'a-long-password' };

describe('every tool of Kafka through the whole pipeline', () => {
  let twin: KafkaTwin;
  let stack: TestStack;
  beforeAll(async () => {
    twin = await startKafkaTwin({ nodes: 3, login: LOGIN });
    twin.state.create('orders', 3);
    twin.state.create('payments', 1);
    twin.state.commit('orders-mail', 'orders', 0, 0);
    stack = await openStack({
      topology: `stack: all
components:
  app: {type: application}
  bus:
    type: kafka
    brokers: [${twin.brokers.map((one) => `'${one}'`).join(', ')}]
    sasl: {mechanism: scram-sha-512, user: stackward, password: {env: BUS_PASSWORD}}
    topics: {orders: {match: [orders, 'orders.*'], groups: ['orders-*']}}
links:
  - {from: app, to: bus, type: operates}
`,
      env: { BUS_PASSWORD: LOGIN.password, MCP_BUS_WRITE_ACCESS: 'true' },
    });
  });
  afterAll(async () => {
    await stack.close();
    await twin.close();
    expect(twin.violations).toEqual([]);
  });

  const CALLS: readonly (readonly [string, Record<string, unknown>])[] = [
    ['kafka_create_topic', { topic: 'orders.new', partitions: 2, settings: { 'cleanup.policy': 'compact' } }],
    ['kafka_produce', { topic: 'orders', partition: 0, key: 'a', value: 'one', headers: { source: 'test' } }],
    ['kafka_alter_topic_config', { topic: 'orders', set: { 'max.message.bytes': 2_000_000 } }],
    ['kafka_lower_retention', { topic: 'orders', retention: { 'retention.ms': 3_600_000 } }],
    ['kafka_add_partitions', { topic: 'orders', from: 3, to: 4 }],
    ['kafka_list_topics', {}],
    ['kafka_describe_topic', { topic: 'orders' }],
    ['kafka_topic_config', { topic: 'orders' }],
    ['kafka_offsets', { topic: 'orders', time: '2020-01-01T00:00:00Z' }],
    ['kafka_list_groups', {}],
    ['kafka_describe_group', { group: 'orders-mail' }],
    ['kafka_group_lag', { group: 'orders-mail' }],
    ['kafka_consume', { topic: 'orders', position: 'earliest' }],
    ['kafka_reset_offsets', { group: 'orders-mail', topic: 'orders', position: 'latest' }],
    ['kafka_delete_topic', { topic: 'orders.new' }],
  ];

  test('there is a call for each', () => {
    expect(CALLS.map(([name]) => name).sort()).toEqual(service.tools.map(({ name }) => name).sort());
  });

  test.each(CALLS)('%s answers in the shape that it advertises', async (name, args) => {
    const tool = service.tools.find((one) => one.name === name);
    if (tool?.access === 'write' && tool.effect.irreversible !== undefined) {
      // What cannot be taken back waits for a human.
      expect((await stack.call(name, args)).isError).toBe(true);
      const { approvals } = stack.stackward;
      const asked = (await approvals.list()).find(({ state }) => state === 'waiting');
      await approvals.decide(asked?.id ?? '', { decision: 'approved', by: 'me', reason: '' });
    }
    const result = await stack.call(name, args);
    expect(result.isError, JSON.stringify(result.content)).toBe(false);
    expect(tool?.output.safeParse(result.structuredContent).error?.issues).toBeUndefined();
  });
});
