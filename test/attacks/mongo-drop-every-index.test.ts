import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createIndex } from '../../src/services/mongodb/tools/create-index.ts';
import { dropIndex } from '../../src/services/mongodb/tools/drop-index.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';
import { leftOf } from '../services/mongodb/questions.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  lab.twin.state
    .database('shop')
    .get('orders')
    ?.indexes.push({ v: 2, key: { a: 1 }, name: '*' });
});
beforeEach(() => lab.forget());
afterAll(() => lab.close());

test.each(['*', ' *', '', ['a', 'b'], { a: 1 }, '$**', 'a\u0000'])(
  'the name %j drops no index, and none is made by it',
  async (name) => {
    const dropped = { collection: 'orders', index: name as never };
    await expect(async () => lab.mongo.write(dropIndex, 'shop', dropped)).rejects.toThrow();
    const made = { collection: 'orders', name: name as never, key: [{ field: 'a', order: 1 as const }] };
    await expect(async () => lab.mongo.write(createIndex, 'shop', made)).rejects.toThrow();
    expect(leftOf(lab)).toEqual([]);
  },
);

test.each([
  { key: [{ field: '$**', order: 1 }] },
  { key: [{ field: 'a', order: 'text' }] },
  { key: [{ field: 'a', order: 1 }], expireAfterSeconds: 1 },
  { key: [{ field: 'a', order: 1 }], partial_filter: { $where: '1' } },
  { key: [] },
])('an index %j, which could expire documents or run a script, is refused', async (more) => {
  const args = { collection: 'orders', name: 'i', ...more } as never;
  await expect(async () => lab.mongo.write(createIndex, 'shop', args)).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
});
