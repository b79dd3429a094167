import { afterEach, beforeEach, expect, test } from 'vitest';
import { createIndex } from '../../src/services/mongodb/tools/create-index.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(() => lab.close());

const indexes = () => lab.twin.state.database('shop').get('orders')?.indexes ?? [];
const two = {
  collection: 'orders',
  name: 'both',
  key: [
    { field: 'customer', order: 1 as const },
    { field: 'total', order: 1 as const },
  ],
};

test('an index that somebody made again with its fields in another order is not dropped', async () => {
  const written = await lab.mongo.write(createIndex, 'shop', two);
  const at = indexes().findIndex(({ name }) => name === 'both');
  indexes()[at] = { v: 2, key: { total: 1, customer: 1 }, name: 'both' };
  const back = lab.mongo.revert(createIndex, 'shop', two, written);
  await expect(back).rejects.toMatchObject({ code: 'conflict' });
  expect(indexes()).toHaveLength(2);
});

test('an index with a collation that somebody made again under the name is not dropped', async () => {
  const written = await lab.mongo.write(createIndex, 'shop', two);
  Object.assign(indexes().at(-1) ?? {}, { collation: { locale: 'fr' } });
  const back = lab.mongo.revert(createIndex, 'shop', two, written);
  await expect(back).rejects.toMatchObject({ code: 'conflict' });
  expect(indexes()).toHaveLength(2);
});

test('an index that has the collation of its collection is taken back', async () => {
  const written = await lab.mongo.write(createIndex, 'shop', two);
  for (const index of indexes()) Object.assign(index, { collation: { locale: 'fr', strength: 1 } });
  await lab.mongo.revert(createIndex, 'shop', two, written);
  expect(indexes()).toHaveLength(1);
});

test('the very same index that somebody made in between is theirs', async () => {
  const between = async () => {
    indexes().push({ v: 2, key: { customer: 1, total: 1 }, name: 'both' });
  };
  const write = lab.mongo.write(createIndex, 'shop', two, { between });
  await expect(write).rejects.toMatchObject({ code: 'conflict' });
});

test('a field whose name is a number does not change the order of a key', async () => {
  const key = [
    { field: 'customer', order: 1 as const },
    { field: '7', order: 1 as const },
  ];
  const write = lab.mongo.write(createIndex, 'shop', { ...two, key });
  await expect(write).rejects.toMatchObject({ code: 'invalid_arguments' });
  expect(lab.sent().some((command) => command.createIndexes)).toBe(false);
});
