import { Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createIndex } from '../../../src/services/mongodb/tools/create-index.ts';
import { remove } from '../../../src/services/mongodb/tools/delete.ts';
import { dropIndex } from '../../../src/services/mongodb/tools/drop-index.ts';
import { insert } from '../../../src/services/mongodb/tools/insert.ts';
import { update } from '../../../src/services/mongodb/tools/update.ts';
import { type Lab, openLab } from './lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(async () => {
  expect(lab.twin.violations).toEqual([]);
  await lab.close();
});
const orders = () => lab.twin.state.dump('shop', 'orders');
const doc = (id: number) =>
  orders()
    .map((text) => JSON.parse(text))
    .find(({ _id }) => _id.$numberInt === `${id}`);

describe('mongo_insert', () => {
  test('inserts with the types that were given, makes ids, and takes them out again', async () => {
    const before = orders();
    const args = {
      collection: 'orders',
      documents: [
        { _id: 10, at: { $date: '2026-01-01T00:00:00Z' }, price: { $numberDecimal: '1.5' } },
        { customer: 'eve', big: 5_000_000_000, part: 0.5 },
      ],
    };
    const written = await lab.mongo.write(insert, 'shop', args);
    expect(written.output).toEqual({
      inserted: 2,
      ids: [10, { $oid: expect.stringMatching(/^[0-9a-f]{24}$/) }],
    });
    expect(doc(10)).toEqual({
      _id: { $numberInt: '10' },
      at: { $date: { $numberLong: '1767225600000' } },
      price: { $numberDecimal: '1.5' },
    });
    expect(orders().join()).toContain('{"$numberLong":"5000000000"}');
    await lab.mongo.revert(insert, 'shop', args, written);
    expect(orders()).toEqual(before);
  });

  test('inserts nothing when one of the documents cannot be inserted', async () => {
    lab.twin.state
      .database('shop')
      .get('orders')
      ?.indexes.push({ v: 2, key: { item: 1 }, name: 'u', unique: true });
    const before = orders();
    const documents = [
      { _id: 10, item: 'new' },
      { _id: 11, item: 'b' },
    ];
    await expect(lab.mongo.write(insert, 'shop', { collection: 'orders', documents })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(orders()).toEqual(before);
  });

  test('leaves a document alone that has the same _id', async () => {
    const before = orders();
    const args = {
      collection: 'orders',
      documents: [{ _id: 1, customer: 'ann', total: 10, tags: ['new', 'eu'], item: 'a' }],
    };
    await expect(lab.mongo.write(insert, 'shop', args)).rejects.toMatchObject({ code: 'conflict' });
    expect(orders()).toEqual(before);
  });
});

describe('mongo_update', () => {
  test.each([
    [
      'sets',
      { $set: { total: 11, 'ship.city': 'Rome' } },
      { total: { $numberInt: '11' }, ship: { city: 'Rome' } },
    ],
    ['unsets', { $unset: { total: true } }, { total: undefined }],
    [
      'counts up',
      { $inc: { total: 5, seen: 1 } },
      { total: { $numberInt: '15' }, seen: { $numberInt: '1' } },
    ],
    ['counts in doubles', { $inc: { total: 0.5 } }, { total: { $numberDouble: '10.5' } }],
    ['renames', { $rename: { total: 'sum' } }, { total: undefined, sum: { $numberInt: '10' } }],
    ['pushes', { $push: { tags: 'x' } }, { tags: ['new', 'eu', 'x'] }],
    ['pushes each', { $push: { tags: { $each: ['x', 'y'] } } }, { tags: ['new', 'eu', 'x', 'y'] }],
    ['adds to a set', { $addToSet: { tags: { $each: ['eu', 'y'] } } }, { tags: ['new', 'eu', 'y'] }],
    ['pulls', { $pull: { tags: 'eu' } }, { tags: ['new'] }],
    ['sets an element', { $set: { 'tags.0': 'old' } }, { tags: ['old', 'eu'] }],
  ])('%s, and takes it back', async (_, changes, expected) => {
    const before = orders();
    const args = { collection: 'orders', filter: { _id: 1 }, update: changes };
    const written = await lab.mongo.write(update, 'shop', args);
    expect(written.output).toEqual({ matched: 1, modified: 1, ids: [1] });
    const found = doc(1);
    expect(Object.fromEntries(Object.keys(expected).map((key) => [key, found[key]]))).toMatchObject(expected);
    await lab.mongo.revert(update, 'shop', args, written);
    expect(orders()).toEqual(before);
  });

  test('keeps the types of what it does not touch', async () => {
    const id = new ObjectId();
    const odd = {
      _id: id,
      d: new Double(5),
      l: Long.fromNumber(5),
      i: new Int32(5),
      p: Decimal128.fromString('1.10'),
    };
    lab.twin.state.put('shop', 'report.x', odd);
    const args = {
      collection: 'report.x',
      filter: { _id: { $oid: id.toHexString() } },
      update: { $inc: { l: 1, i: 1 } },
    };
    await lab.mongo.write(update, 'shop', args);
    expect(lab.twin.state.dump('shop', 'report.x').map((text) => JSON.parse(text))).toEqual([
      {
        _id: { $oid: id.toHexString() },
        d: { $numberDouble: '5.0' },
        l: { $numberLong: '6' },
        i: { $numberInt: '6' },
        p: { $numberDecimal: '1.10' },
      },
    ]);
  });

  test('changes nothing where nothing differs or matches', async () => {
    const same = { collection: 'orders', filter: { _id: 1 }, update: { $set: { total: 10 } } };
    const written = await lab.mongo.write(update, 'shop', same);
    expect(written.output).toEqual({ matched: 1, modified: 0, ids: [] });
    const none = { collection: 'orders', filter: { _id: 99 }, update: { $set: { total: 10 } } };
    expect((await lab.mongo.write(update, 'shop', none)).output).toMatchObject({ matched: 0, modified: 0 });
    expect(lab.sent().some((command) => command.update)).toBe(false);
    await lab.mongo.revert(update, 'shop', same, written);
  });

  test.each([
    ['through a value', { $set: { 'customer.x': 1 } }],
    ['beyond an array', { $set: { 'tags.9': 1 } }],
    ['in what is no number', { $inc: { customer: 1 } }],
    ['onto what is no array', { $push: { customer: 1 } }],
    ['twice at one place', { $set: { total: 1 }, $inc: { total: 1 } }],
  ])('refuses an update %s', async (_, changes) => {
    const before = orders();
    const args = { collection: 'orders', filter: { _id: 1 }, update: changes };
    await expect(lab.mongo.write(update, 'shop', args)).rejects.toMatchObject({ code: 'query_failed' });
    expect(orders()).toEqual(before);
  });
});

test('mongo_delete deletes what the filter matched and brings it back', async () => {
  const before = orders();
  const args = { collection: 'orders', filter: { customer: 'ann' } };
  const written = await lab.mongo.write(remove, 'shop', args);
  expect(written.output).toEqual({ deleted: 2, ids: [1, 3] });
  expect(orders()).toHaveLength(1);
  await lab.mongo.revert(remove, 'shop', args, written);
  expect(orders()).toEqual(before);
});

describe('indexes', () => {
  const made = {
    collection: 'orders',
    name: 'by_customer',
    key: [{ field: 'customer', order: 1 as const }],
    unique: false,
  };
  const listed = () => JSON.stringify(lab.twin.state.database('shop').get('orders')?.indexes);

  test('mongo_create_index builds one and drops it again', async () => {
    const before = listed();
    const partial_filter = { total: { $gt: 5 }, at: { $lt: { $date: '2026-01-01T00:00:00Z' } } };
    const args = { ...made, sparse: true, partial_filter };
    const written = await lab.mongo.write(createIndex, 'shop', args);
    expect(written.output).toEqual({ name: 'by_customer', created: true });
    await lab.mongo.revert(createIndex, 'shop', args, written);
    expect(listed()).toBe(before);
  });

  test('mongo_create_index refuses a name or a key that is there', async () => {
    await lab.mongo.write(createIndex, 'shop', made);
    await expect(lab.mongo.write(createIndex, 'shop', made)).rejects.toMatchObject({ code: 'conflict' });
    const renamed = lab.mongo.write(createIndex, 'shop', { ...made, name: 'other' });
    await expect(renamed).rejects.toMatchObject({ code: 'conflict' });
  });

  test('mongo_create_index is not taken back once the index is another', async () => {
    const written = await lab.mongo.write(createIndex, 'shop', made);
    const index = lab.twin.state.database('shop').get('orders')?.indexes[1];
    Object.assign(index ?? {}, { unique: true });
    const back = lab.mongo.revert(createIndex, 'shop', made, written);
    await expect(back).rejects.toMatchObject({ code: 'conflict' });
    expect(listed()).toContain('by_customer');
  });

  test('mongo_drop_index drops one and builds it as it was', async () => {
    lab.twin.state
      .database('shop')
      .get('orders')
      ?.indexes.push({
        v: 2,
        key: { at: 1, item: -1 },
        name: 'ttl',
        expireAfterSeconds: 60,
        collation: { locale: 'fr' },
      });
    const before = listed();
    const args = { collection: 'orders', index: 'ttl' };
    const written = await lab.mongo.write(dropIndex, 'shop', args);
    expect(listed()).not.toContain('ttl');
    await lab.mongo.revert(dropIndex, 'shop', args, written);
    expect(JSON.parse(listed() ?? '')).toEqual(JSON.parse(before ?? ''));
    await lab.mongo.revert(dropIndex, 'shop', args, written);
  });

  test('mongo_drop_index leaves _id alone, and what is not there', async () => {
    const ofId = lab.mongo.write(dropIndex, 'shop', { collection: 'orders', index: '_id_' });
    await expect(ofId).rejects.toMatchObject({ code: 'conflict' });
    const none = lab.mongo.write(dropIndex, 'shop', { collection: 'orders', index: 'none' });
    await expect(none).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a write whose answer is lost', () => {
  test.each([
    ['insert', insert, { documents: [{ _id: 10 }] }],
    ['update', update, { filter: { _id: 1 }, update: { $set: { total: 1 } } }],
    ['delete', remove, { filter: { _id: 1 } }],
  ] as const)('%s: its outcome is unknown, and what was recorded takes it back', async (name, tool, more) => {
    const before = orders();
    const args = { collection: 'orders', ...more } as never;
    lab.twin.loseAnswerOf(name);
    let after: unknown;
    const error = await recorded(tool as never, args, (given) => {
      after = given;
    });
    expect(error).toMatchObject({ code: 'outcome_unknown' });
    expect(orders()).not.toEqual(before);
    await lab.mongo.revert(tool as never, 'shop', args, { before: null, after: after as never });
    expect(orders()).toEqual(before);
  });
});

test('a write that is cancelled while it runs has an unknown outcome', async () => {
  const controller = new AbortController();
  lab.twin.hang('delete');
  const args = { collection: 'orders', filter: { _id: 1 } };
  const running = lab.mongo
    .write(remove, 'shop', args, { signal: controller.signal })
    .catch((e: unknown) => e);
  await expect.poll(() => lab.sent().some((command) => command.delete)).toBe(true);
  controller.abort();
  expect(await running).toMatchObject({ code: 'outcome_unknown' });
});

test.each([
  ['inserted', insert, { documents: [{ '7': 1 }] }],
  ['given to one', update, { filter: { _id: 1 }, update: { $set: { '7': 1 } } }],
])('a field whose name is a number is not %s, since its place could not be kept', async (_, tool, more) => {
  const before = orders();
  const args = { collection: 'orders', ...more } as never;
  await expect(lab.mongo.write(tool as typeof insert, 'shop', args)).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(orders()).toEqual(before);
});

/** Runs a write that fails, and hands out what it had recorded by then. */
async function recorded(tool: typeof insert, args: never, keep: (after: unknown) => void): Promise<unknown> {
  const spied = {
    ...tool,
    run: (context: Parameters<typeof tool.run>[0], params: never) =>
      tool.run({ ...context, recordAfter: async (after) => keep(JSON.parse(JSON.stringify(after))) }, params),
  };
  return lab.mongo.write(spied as never, 'shop', args).catch((error: unknown) => error);
}
