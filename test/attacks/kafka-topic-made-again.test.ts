import { afterEach, beforeEach, expect, test } from 'vitest';
import { deleteTopic } from '../../src/services/kafka/tools/delete-topic.ts';
import { closeLab, type Lab, openLab } from '../services/kafka/fixture.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(() => closeLab(lab));

test('a topic that was made again under the name between look and delete is not deleted', async () => {
  lab.twin.meanwhile('DeleteTopics', () => void lab.state.create('orders', 1));
  await expect(lab.kafka.write(deleteTopic, 'it', { topic: 'orders' })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(lab.state.topics.get('orders')?.partitions).toHaveLength(1);
});

test('no delete leaves with a name, which would hit whatever bears it', async () => {
  await lab.kafka.write(deleteTopic, 'it', { topic: 'orders' });
  const deletes = lab.twin.requests.filter(({ api }) => api === 'DeleteTopics');
  expect(deletes.map(({ detail }) => detail)).toMatchObject([{ topics: [{ name: null }] }]);
});
