import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { consume } from '../../../src/services/kafka/tools/consume.ts';
import { describeGroup } from '../../../src/services/kafka/tools/describe-group.ts';
import { describeTopic } from '../../../src/services/kafka/tools/describe-topic.ts';
import { groupLag } from '../../../src/services/kafka/tools/group-lag.ts';
import { listGroups } from '../../../src/services/kafka/tools/list-groups.ts';
import { listTopics } from '../../../src/services/kafka/tools/list-topics.ts';
import { offsets } from '../../../src/services/kafka/tools/offsets.ts';
import { topicConfig } from '../../../src/services/kafka/tools/topic-config.ts';
import { closeLab, type Lab, openLab } from './fixture.ts';
import { put } from './producing.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab({ nodes: 3 });
});
afterEach(() => closeLab(lab));

describe('topics', () => {
  test('are listed by name, with what is wrong with them', async () => {
    const first = lab.state.partition('orders', 0);
    if (first) first.replicas = [1, 2];
    const second = lab.state.partition('orders', 1);
    if (second) second.leader = -1;
    const all = await lab.kafka.read(listTopics, 'it', {});
    expect(all).toEqual({
      topics: [
        { topic: 'orders', partitions: 3, replication_factor: 2, under_replicated: 1, without_leader: 1 },
        {
          topic: 'orders.dead',
          partitions: 1,
          replication_factor: 1,
          under_replicated: 0,
          without_leader: 0,
        },
      ],
      truncated: false,
    });
    const sick = await lab.kafka.read(listTopics, 'it', { unhealthy: true });
    expect(sick.topics.map(({ topic }) => topic)).toEqual(['orders']);
    const cut = await lab.kafka.read(listTopics, 'it', { count: 1 });
    expect(cut).toMatchObject({ topics: [{ topic: 'orders' }], truncated: true });
    expect(cut.hint).toBeDefined();
  });

  test('are described by partition, up to the limit', async () => {
    const whole = await lab.kafka.read(describeTopic, 'it', { topic: 'orders' });
    expect(whole.partitions).toEqual(
      [1, 2, 3].map((id, partition) => ({ partition, leader: id, replicas: [id], isr: [id], offline: [] })),
    );
    expect(whole.id.replaceAll('-', '')).toBe(lab.state.topics.get('orders')?.id);
    const cut = await lab.kafka.read(describeTopic, 'it', { topic: 'orders' }, { limits: { rows: 2 } });
    expect(cut).toMatchObject({ partition_count: 3, truncated: true });
    expect(cut.partitions).toHaveLength(2);
  });

  test('that are not there are not found, and are not made by asking', async () => {
    const args = { topic: 'orders.none' };
    const attempts = [
      lab.kafka.read(describeTopic, 'it', args),
      lab.kafka.read(topicConfig, 'it', args),
      lab.kafka.read(offsets, 'it', args),
      lab.kafka.read(consume, 'it', args),
    ];
    for (const attempt of await Promise.allSettled(attempts))
      expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } });
    expect(lab.state.topics.has('orders.none')).toBe(false);
  });

  test('show their own settings, and all on request', async () => {
    const own = await lab.kafka.read(topicConfig, 'it', { topic: 'orders' });
    expect(own.settings).toEqual([
      { name: 'retention.ms', value: '86400000', source: 'topic', inherited: '604800000' },
    ]);
    const all = await lab.kafka.read(topicConfig, 'it', { topic: 'orders', all: true });
    expect(all.settings).toContainEqual({
      name: 'cleanup.policy',
      value: 'delete',
      source: 'default',
      inherited: 'delete',
    });
  });
});

describe('offsets', () => {
  test('are those of each partition’s leader, also at a time', async () => {
    put(lab.state, 'orders', 1, [{ time: 1_000 }, { time: 2_000 }, { time: 3_000 }]);
    lab.state.partition('orders', 1)?.log.drop(1);
    const { partitions } = await lab.kafka.read(offsets, 'it', {
      topic: 'orders',
      time: '1970-01-01T00:00:02.5Z',
    });
    expect(partitions).toEqual([
      { partition: 0, earliest: 0, latest: 0, at_time: null },
      { partition: 1, earliest: 1, latest: 3, at_time: 2 },
      { partition: 2, earliest: 0, latest: 0, at_time: null },
    ]);
  });

  test('at a time before 1970 are those of the beginning, not of what the protocol spells so', async () => {
    put(lab.state, 'orders', 0, [{ time: 5 }, { time: 6 }]);
    for (const ms of [1, 2, 3, 4, 1_000]) {
      const args = { topic: 'orders', time: new Date(-ms).toISOString() };
      const { partitions } = await lab.kafka.read(offsets, 'it', args);
      expect(partitions[0]?.at_time).toBe(0);
    }
  });

  test('of a partition without a leader are null, and the others are there', async () => {
    const first = lab.state.partition('orders', 0);
    if (first) first.leader = -1;
    const { partitions } = await lab.kafka.read(offsets, 'it', { topic: 'orders' });
    expect(partitions.map(({ latest }) => latest)).toEqual([null, 0, 0]);
  });
});

describe('groups', () => {
  beforeEach(() => {
    const busy = lab.state.group('orders-mail', 'Stable');
    busy.members = [
      { id: 'm-1', clientId: 'mailer', host: '/10.0.0.7', assigned: { orders: [0, 2], payments: [1] } },
    ];
    lab.state.commit('orders-mail', 'orders', 0, 2);
    lab.state.commit('orders-mail', 'orders', 2, 0);
    lab.state.commit('orders-mail', 'payments', 1, 7);
    lab.state.group('orders-idle');
    lab.state.group('payments-mail');
    put(lab.state, 'orders', 0, Array(5).fill({ value: 'x' }));
  });

  test('are gathered from all brokers, those of the link alone', async () => {
    const { groups } = await lab.kafka.read(listGroups, 'it', {});
    expect(groups).toEqual([
      { group: 'orders-idle', state: 'Empty', protocol_type: 'consumer' },
      { group: 'orders-mail', state: 'Stable', protocol_type: 'consumer' },
    ]);
    const nodes = lab.twin.requests.filter(({ api }) => api === 'ListGroups').map(({ node }) => node);
    expect(nodes.sort()).toEqual([1, 2, 3]);
    expect((await lab.kafka.read(listGroups, 'it', { state: 'Empty' })).groups).toHaveLength(1);
    expect(await lab.kafka.read(listGroups, 'it', { count: 1 })).toMatchObject({ truncated: true });
  });

  test('are described with the topics of the link alone', async () => {
    const { members, state } = await lab.kafka.read(describeGroup, 'it', { group: 'orders-mail' });
    expect(state).toBe('Stable');
    expect(members).toEqual([
      {
        id: 'm-1',
        instance: null,
        client_id: 'mailer',
        host: '/10.0.0.7',
        topics: [{ topic: 'orders', partitions: [0, 2] }],
      },
    ]);
  });

  test('of the newer protocol are described too', async () => {
    lab.state.group('orders-new', 'Stable', 'consumer').members = [
      { id: 'n-1', clientId: 'c', host: '/h', assigned: { orders: [1], payments: [0] } },
      { id: 'n-2', clientId: 'c', host: '/h', assigned: {} },
    ];
    const found = await lab.kafka.read(describeGroup, 'it', { group: 'orders-new' });
    expect(found).toMatchObject({ state: 'Stable', assignor: 'uniform', member_count: 2 });
    expect(found.members.map(({ topics }) => topics)).toEqual([[{ topic: 'orders', partitions: [1] }], []]);
  });

  test('that are not there are not found', async () => {
    for (const reading of [
      lab.kafka.read(describeGroup, 'it', { group: 'orders-none' }),
      lab.kafka.read(groupLag, 'it', { group: 'orders-none' }),
    ])
      await expect(reading).rejects.toMatchObject({ code: 'not_found' });
    expect(await lab.kafka.read(groupLag, 'it', { group: 'orders-idle' })).toMatchObject({ total_lag: 0 });
    expect(lab.state.groups.has('orders-none')).toBe(false);
  });

  test('lag by what each partition holds beyond the commit', async () => {
    const lag = await lab.kafka.read(groupLag, 'it', { group: 'orders-mail' });
    expect(lag).toMatchObject({ total_lag: 3, truncated: false });
    expect(lag.partitions).toEqual([
      { topic: 'orders', partition: 0, committed: 2, latest: 5, lag: 3 },
      { topic: 'orders', partition: 2, committed: 0, latest: 0, lag: 0 },
    ]);
    lab.state.topics.delete('orders');
    const gone = await lab.kafka.read(groupLag, 'it', { group: 'orders-mail', topic: 'orders' });
    expect(gone.partitions[0]).toMatchObject({ latest: null, lag: null });
  });
});
