import { afterEach, beforeEach, expect, test } from 'vitest';
import { remove } from '../../src/services/mongodb/tools/delete.ts';
import { insert } from '../../src/services/mongodb/tools/insert.ts';
import { update } from '../../src/services/mongodb/tools/update.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(() => lab.close());

const orders = () => lab.twin.state.dump('shop', 'orders');
const collection = () => {
  const found = lab.twin.state.database('shop').get('orders');
  if (!found) throw new Error('no collection');
  return found;
};
const takeAway = (id: number) => {
  collection().documents = collection().documents.filter(
    (bytes) => !bytes.includes(Buffer.from([0x10, 0x5f, 0x69, 0x64, 0, id])),
  );
};

test('an insert that fails does not take away the same document of somebody else', async () => {
  const same = { _id: 70, customer: 'eve' };
  const between = async () => lab.twin.state.put('shop', 'orders', same);
  const args = { collection: 'orders', documents: [{ _id: 69, customer: 'eve' }, same] };
  const write = lab.mongo.write(insert, 'shop', args, { between });
  await expect(write).rejects.toMatchObject({ code: 'conflict' });
  expect(orders().join()).toContain('"70"');
  expect(orders().join()).not.toContain('"69"');
});

test.each([1, 3])('a delete that fails does not bring back what somebody else deleted (%i)', async (id) => {
  let theirs: string[] = [];
  const between = async () => {
    takeAway(id);
    theirs = orders();
  };
  const args = { collection: 'orders', filter: { customer: 'ann' } };
  const write = lab.mongo.write(remove, 'shop', args, { between });
  await expect(write).rejects.toMatchObject({ code: 'conflict' });
  expect(orders()).toEqual(theirs);
});

test('an update that fails does not take back the same change of somebody else', async () => {
  const args = { collection: 'orders', filter: { customer: 'ann' }, update: { $set: { item: 'z' } } };
  let theirs: string[] = [];
  const between = async () => {
    takeAway(3);
    lab.twin.state.put('shop', 'orders', { _id: 3, customer: 'ann', total: 7, item: 'z' });
    theirs = orders();
  };
  const write = lab.mongo.write(update, 'shop', args, { between });
  await expect(write).rejects.toMatchObject({ code: 'conflict' });
  expect(orders()).toEqual(theirs);
});

test('a way back that meets a change in its middle leaves all as it was', async () => {
  const args = { collection: 'orders', filter: { customer: 'ann' } };
  const written = await lab.mongo.write(remove, 'shop', args);
  let theirs: string[] = [];
  lab.twin.before('insert', () => {
    lab.twin.state.put('shop', 'orders', { _id: 1, by: 'somebody else' });
    theirs = orders();
  });
  await expect(lab.mongo.revert(remove, 'shop', args, written)).rejects.toMatchObject({ code: 'conflict' });
  expect(orders()).toEqual(theirs);
});
