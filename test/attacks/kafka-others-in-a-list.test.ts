import { afterAll, beforeAll, expect, test } from 'vitest';
import { reads } from '../services/kafka/attempts.ts';
import { closeLab, type Lab, openLab } from '../services/kafka/fixture.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab({ nodes: 2 });
  lab.state.create('secret-topic', 1);
  lab.state.create('orders.secret-own', 1).isInternal = true;
  lab.state.commit('secret-group', 'orders', 0, 1);
  lab.state.commit('orders-mail', 'secret-topic', 0, 1);
  lab.state.commit('orders-mail', 'orders', 0, 0);
  const group = lab.state.groups.get('orders-mail');
  if (group) {
    group.state = 'Stable';
    group.members = [{ id: 'm', clientId: 'c', host: '/h', assigned: { 'secret-topic': [0], orders: [0] } }];
  }
});
afterAll(() => closeLab(lab));

test.each(reads('orders', 'orders-mail').map(([name, run]) => [name, run] as const))(
  '%s shows nothing of topics and groups outside the link',
  async (_name, run) => {
    expect(JSON.stringify(await run(lab.kafka))).not.toContain('secret');
  },
);

test('an answer that names another topic than was asked for is not taken', async () => {
  const state = lab.state.topics.get('orders');
  lab.twin.meanwhile('Metadata', () => {
    // The broker answers for something else, as a confused or hostile one might.
    lab.state.topics.delete('orders');
  });
  const [, describe] = reads('orders', 'orders-mail').find(([name]) => name === 'kafka_describe_topic') ?? [];
  await expect(describe?.(lab.kafka)).rejects.toMatchObject({ code: 'not_found' });
  if (state) lab.state.topics.set('orders', state);
});
