import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { update } from '../../src/services/mongodb/tools/update.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';
import { leftOf } from '../services/mongodb/questions.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
beforeEach(() => lab.forget());
afterAll(() => lab.close());

test.each([
  ['nothing', {}],
  ['an operator without a field', { $set: {} }],
  ['a replacement', { total: 1 }],
  ['a replacement beside an operator', { $set: { total: 1 }, total: 2 }],
  ['a pipeline', [{ $set: { total: 1 } }]],
  ['$setOnInsert', { $setOnInsert: { a: 1 } }],
  ['$where', { $where: '1' }],
  ['an unknown operator', { $currentDate: { at: true } }],
  ['a change of _id', { $set: { _id: 2 } }],
  ['a change inside _id', { $unset: { '_id.a': 1 } }],
  ['a rename to _id', { $rename: { total: '_id' } }],
  ['a rename to an operator', { $rename: { total: '$x' } }],
  ['every element', { $set: { 'tags.$[]': 1 } }],
  ['the element that matched', { $set: { 'tags.$': 1 } }],
  ['a filtered element', { $set: { 'tags.$[x]': 1 } }],
  ['options of $push', { $push: { tags: { $each: ['a'], $sort: { $where: 1 } } } }],
  ['a condition in $pull', { $pull: { tags: { $where: '1' } } }],
  ['an operator in a value', { $set: { a: { $function: {} } } }],
])('%s is no update: it is refused before anything leaves', async (_, changes) => {
  const before = lab.twin.state.dump('shop', 'orders');
  const args = { collection: 'orders', filter: { _id: 1 }, update: changes as never };
  await expect(lab.mongo.write(update, 'shop', args)).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
  expect(lab.twin.state.dump('shop', 'orders')).toEqual(before);
});
