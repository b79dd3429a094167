import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { remove } from '../../src/services/mongodb/tools/delete.ts';
import { insert } from '../../src/services/mongodb/tools/insert.ts';
import { update } from '../../src/services/mongodb/tools/update.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';
import { leftOf } from '../services/mongodb/questions.ts';

let lab: Lab;
let before: string[];
beforeAll(async () => {
  lab = await openLab();
});
beforeEach(() => {
  lab.forget();
  before = lab.twin.state.dump('shop', 'orders');
});
afterAll(() => lab.close());

const orders = { collection: 'orders' };
const set = { $set: { total: 0 } };
const writing = () => leftOf(lab).filter((name) => ['insert', 'update', 'delete'].includes(name));

test('an empty filter is refused before anything leaves', async () => {
  await expect(lab.mongo.write(update, 'shop', { ...orders, filter: {}, update: set })).rejects.toThrow();
  await expect(lab.mongo.write(remove, 'shop', { ...orders, filter: {} })).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
});

test.each([{ _id: { $exists: true } }, { $or: [{ _id: { $gte: 0 } }] }, { $expr: true }, { $and: [] }])(
  'the filter %j that matches everything changes nothing over max_documents',
  async (filter) => {
    const most = { ...orders, filter: filter as never, max_documents: 2 };
    await expect(lab.mongo.write(update, 'shop', { ...most, update: set })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(lab.mongo.write(remove, 'shop', most)).rejects.toMatchObject({ code: 'conflict' });
    expect(writing()).toEqual([]);
    expect(lab.twin.state.dump('shop', 'orders')).toEqual(before);
  },
);

test('a document that begins to match after the look is not touched', async () => {
  const between = async () => lab.twin.state.put('shop', 'orders', { _id: 50, customer: 'ann' });
  const args = { ...orders, filter: { customer: 'ann' } };
  const { output } = await lab.mongo.write(remove, 'shop', args, { between });
  expect(output.ids).toEqual([1, 3]);
  expect(lab.twin.state.dump('shop', 'orders').join()).toContain('"50"');
});

test('what leaves names one document a statement, with its whole content, and never the filter', async () => {
  await lab.mongo.write(update, 'shop', { ...orders, filter: { customer: 'bob' }, update: set });
  const [sent] = lab.sent().filter((command) => command.update);
  expect(sent?.updates).toHaveLength(1);
  const [{ q, u, multi, upsert }] = sent?.updates ?? [];
  expect(Object.keys(q)).toEqual(['_id', '$expr']);
  expect(q.$expr.$eq[1].$literal.customer).toBe('bob');
  expect(Object.keys(u)[0]).toBe('_id');
  expect([multi, upsert]).toEqual([false, false]);
});

test('the bytes of a write hold no command but those that it needs', async () => {
  lab.tap.forget();
  await lab.mongo.write(insert, 'shop', { ...orders, documents: [{ _id: 70 }] });
  const heard = lab.tap.sent();
  expect(heard.includes('findAndModify')).toBe(false);
  expect(heard.includes('secrets')).toBe(false);
});
