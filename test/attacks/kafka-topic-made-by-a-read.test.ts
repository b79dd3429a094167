import { afterEach, beforeEach, expect, test } from 'vitest';
import { onTopic, reads } from '../services/kafka/attempts.ts';
import { closeLab, type Lab, openLab } from '../services/kafka/fixture.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(() => closeLab(lab));

// Kafka makes a topic when its metadata is asked for and the client lets it, which most clients do.
test.each(
  onTopic('new-typo')
    .filter(([name]) => name !== 'kafka_create_topic')
    .map(([name, run]) => [name, run] as const),
)('%s of a topic that is not there makes none', async (_name, run) => {
  await run(lab.kafka).catch(() => {});
  expect(lab.state.topics.has('new-typo')).toBe(false);
  const asked = lab.twin.requests.filter(({ api }) => api === 'Metadata');
  for (const { detail } of asked) expect(detail).toMatchObject({ mayCreate: false });
});

test('no reading tool changes anything', async () => {
  lab.state.commit('orders-mail', 'orders', 0, 0);
  const state = lab.state.snapshot();
  for (const [, run] of reads('orders', 'orders-mail')) await run(lab.kafka);
  expect(lab.state.snapshot()).toEqual(state);
});
