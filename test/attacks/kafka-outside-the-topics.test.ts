import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTopic } from '../../src/services/kafka/tools/create-topic.ts';
import { onTopic } from '../services/kafka/attempts.ts';
import { closeLab, type Lab, openKafka, openLab } from '../services/kafka/fixture.ts';

// `orders.*` is the beginning `orders.` and nothing else; no character of a name means more than itself.
const OUTSIDE = [
  'payments',
  'order',
  'orders2',
  'Orders',
  'ORDERS',
  'orders ',
  ' orders',
  'xorders.a',
  'orders*',
  '*',
  '.*',
  'new',
  'new*',
  'orders\u0000',
  'orders.\u0000',
  'orders./../payments',
  'orders.ö',
  'orders,payments',
  '',
  '.',
  '..',
  '__consumer_offsets',
  '__transaction_state',
];

describe('a topic outside the link', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
  });
  beforeEach(() => lab.twin.forget());
  afterAll(() => closeLab(lab));

  test.each(OUTSIDE)('%j is refused by every tool before a byte about it leaves', async (topic) => {
    const state = lab.state.snapshot();
    for (const [name, attempt] of onTopic(topic)) {
      const outcome = await attempt(lab.kafka).then(
        () => 'done',
        () => 'refused',
      );
      expect([name, outcome]).toEqual([name, 'refused']);
    }
    expect(lab.twin.requests).toEqual([]);
    expect(lab.state.snapshot()).toEqual(state);
  });

  test.each(['__consumer_offsets', '__transaction_state', '__new'])(
    'Kafka’s own %s stays closed, even where every topic is linked',
    async (topic) => {
      const all = openKafka(lab.twin.brokers, { reach: { match: ['*', '_*'], groups: ['*'] } });
      const state = lab.state.snapshot();
      for (const [, attempt] of onTopic(topic))
        await expect(attempt(all)).rejects.toMatchObject({ code: 'not_linked' });
      expect(lab.twin.requests).toEqual([]);
      expect(lab.state.snapshot()).toEqual(state);
    },
  );

  test('a topic that the cluster calls its own is closed too, whatever its name', async () => {
    lab.state.create('orders.own', 1).isInternal = true;
    const [, describeTopic] = onTopic('orders.own')[0] ?? [];
    await expect(describeTopic?.(lab.kafka)).rejects.toMatchObject({ code: 'not_found' });
    lab.state.topics.delete('orders.own');
  });

  test('a recorded change is not reverted onto another topic', async () => {
    const args = { topic: 'new-a', partitions: 1 };
    const written = await lab.kafka.write(createTopic, 'it', args);
    lab.twin.forget();
    const forged = { ...args, topic: 'payments' };
    await expect(lab.kafka.revert(createTopic, 'it', forged, written)).rejects.toMatchObject({
      code: 'not_linked',
    });
    expect(lab.twin.requests).toEqual([]);
  });
});
