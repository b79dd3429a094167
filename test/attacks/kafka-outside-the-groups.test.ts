import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SERVICES } from '../../src/services/index.ts';
import { resetOffsets } from '../../src/services/kafka/tools/reset-offsets.ts';
import { loadTopology } from '../../src/topology/load.ts';
import { onGroup } from '../services/kafka/attempts.ts';
import { closeLab, type Lab, openKafka, openLab } from '../services/kafka/fixture.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  for (const group of ['payments-mail', 'orders', 'orders-mail']) lab.state.commit(group, 'orders', 0, 0);
});
beforeEach(() => lab.twin.forget());
afterAll(() => closeLab(lab));

test.each(['payments-mail', 'orders', 'Orders-mail', 'orders-*\n', '*', '', ' orders-mail', 'orders-\u0000'])(
  'the group %j is refused by every tool before a byte about it leaves',
  async (group) => {
    const state = lab.state.snapshot();
    for (const [, attempt] of onGroup(group)) await expect(attempt(lab.kafka)).rejects.toThrow();
    expect(lab.twin.requests).toEqual([]);
    expect(lab.state.snapshot()).toEqual(state);
  },
);

test('topics without groups reach no group', async () => {
  const kafka = openKafka(lab.twin.brokers, { reach: { match: ['orders'], groups: [] } });
  for (const [, attempt] of onGroup('orders-mail'))
    await expect(attempt(kafka)).rejects.toMatchObject({ code: 'not_linked' });
  expect(lab.twin.requests).toEqual([]);
});

test('a link cannot bring in a group that the component leaves out', () => {
  const problems = (groups: string) => {
    const text = `stack: s
components:
  app: {type: application}
  bus: {type: kafka, brokers: ['127.0.0.1:9092'], topics: {orders: {match: [orders]${groups}}}}
links:
  - {from: app, to: bus, type: operates, topics: {orders: {groups: [payments-mail]}}}
`;
    return loadTopology({ text, file: 't.yaml', types: SERVICES }).problems ?? [];
  };
  expect(problems(', groups: [payments-mail]')).toEqual([]);
  expect(problems('')).toHaveLength(1);
  expect(problems(', groups: [orders-mail]')).toHaveLength(1);
});

test('offsets of a topic outside are not moved with those inside', async () => {
  lab.state.commit('orders-mail', 'payments', 0, 7);
  const written = await lab.kafka.write(resetOffsets, 'it', {
    group: 'orders-mail',
    topic: 'orders',
    position: 'latest',
  });
  expect(lab.state.groups.get('orders-mail')?.commits.get('payments 0')?.offset).toBe(7n);
  expect(JSON.stringify(written)).not.toContain('payments');
});
