import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type MongoTwin, startMongoTwin } from '../twins/mongodb.ts';
import { openPrecheckLab, type PrecheckLab } from './precheck-lab.ts';

describe('a rollback on MongoDB', () => {
  let twin: MongoTwin;
  let lab: PrecheckLab;
  beforeEach(async () => {
    twin = await startMongoTwin();
    twin.state.put('shop', 'orders', { _id: 'a', total: 1 }, { _id: 'b', total: 2 });
    lab = await openPrecheckLab(
      `type: mongodb, host: 127.0.0.1, port: ${twin.port}, credentials: {user: {env: U}, password: {env: P}}, databases: {shop: {}}`,
      'queries',
      { U: twin.user, P: twin.password },
    );
  });
  afterEach(async () => {
    await lab.close();
    await twin.close();
    expect(twin.violations).toEqual([]);
  });

  const collection = 'orders';
  const WRITES = {
    mongo_insert: { collection, documents: [{ _id: 'c' }] },
    mongo_update: { collection, filter: { _id: 'a' }, update: { $set: { total: 9 } }, max_documents: 1 },
    mongo_delete: { collection, filter: { _id: 'a' }, max_documents: 1 },
    mongo_create_index: { collection, name: 'by_total', key: [{ field: 'total', order: 1 }] },
  } as const;
  const READS = ['find', 'listCollections', 'listIndexes'];
  const grant = (...actions: string[]) => {
    twin.privileges = [{ resource: { db: 'shop', collection: '' }, actions: [...READS, ...actions] }];
  };

  test.each([
    ['mongo_insert', 'remove', 'insert'],
    ['mongo_update', 'update', 'update'],
    ['mongo_delete', 'insert', 'remove'],
    ['mongo_create_index', 'dropIndex', 'createIndex'],
  ] as const)('of %s needs %s, and %s to make it again', async (tool, action, again) => {
    const start = await lab.written(tool, WRITES[tool]);
    expect(await lab.plan(start)).toMatchObject({ obstacles: [], untried: [] });
    grant();
    expect(await lab.found(start)).toEqual([
      expect.stringContaining(`the account lacks ${action} on shop.orders;`),
    ]);
    grant(action, again);
    const written = await lab.back(start);
    grant();
    expect(await lab.found(written)).toEqual([expect.stringContaining(`lacks ${again} on shop.orders`)]);
  });

  test.each([
    [{ db: 'shop', collection: 'orders' }, true],
    [{ db: '', collection: '' }, true],
    [{ db: '', collection: 'orders' }, true],
    [{ db: 'shop', collection: 'items' }, false],
    [{ db: 'other', collection: '' }, false],
  ])('with rights on %j: %s', async (resource, may) => {
    const start = await lab.written('mongo_insert', WRITES.mongo_insert);
    twin.privileges = [
      { resource: { db: 'shop', collection: '' }, actions: READS },
      { resource, actions: ['remove'] },
    ];
    expect(await lab.found(start)).toHaveLength(may ? 0 : 1);
  });

  test('has every right where nobody has to log in', async () => {
    twin.privileges = 'open';
    const start = await lab.written('mongo_delete', WRITES.mongo_delete);
    expect(await lab.plan(start)).toMatchObject({ obstacles: [], untried: [] });
  });

  test('finds a right that went for a later step too', async () => {
    const start = await lab.written('mongo_delete', WRITES.mongo_delete);
    await lab.written('mongo_insert', WRITES.mongo_insert);
    grant('remove');
    expect(await lab.found(start)).toEqual([expect.stringContaining('lacks insert on shop.orders')]);
  });

  test('finds what somebody did since', async () => {
    const start = await lab.written('mongo_delete', WRITES.mongo_delete);
    twin.state.put('shop', 'orders', { _id: 'a', of: 'others' });
    expect(await lab.found(start)).toEqual([
      expect.stringContaining('documents are no longer as the write left them: "a"'),
    ]);
  });

  test.each([
    [{}, true],
    [{ validationLevel: 'off' }, false],
    [{ validationAction: 'warn' }, false],
  ])('says that a validation with %j is judged by writing alone: %s', async (how, isSaid) => {
    const start = await lab.written('mongo_delete', WRITES.mongo_delete);
    const orders = twin.state.database('shop').get('orders');
    if (orders) orders.options = { validator: { total: { $gte: 0 } }, ...how };
    const { obstacles, untried } = await lab.plan(start);
    expect(obstacles).toEqual([]);
    expect(untried).toEqual(
      isSaid
        ? ['it: whether the documents pass the validation of orders: it judges only what is written']
        : [],
    );
  });
});
