import { Binary, Decimal128, Double, Long, ObjectId, Timestamp } from 'bson';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aggregate } from '../../../src/services/mongodb/tools/aggregate.ts';
import { collections } from '../../../src/services/mongodb/tools/collections.ts';
import { count } from '../../../src/services/mongodb/tools/count.ts';
import { distinct } from '../../../src/services/mongodb/tools/distinct.ts';
import { explain } from '../../../src/services/mongodb/tools/explain.ts';
import { find } from '../../../src/services/mongodb/tools/find.ts';
import { indexes } from '../../../src/services/mongodb/tools/indexes.ts';
import { schemaSample } from '../../../src/services/mongodb/tools/schema-sample.ts';
import { stats } from '../../../src/services/mongodb/tools/stats.ts';
import { type Lab, type Mongo, openLab, openMongo } from './lab.ts';

let lab: Lab;
let mongo: Mongo;
beforeAll(async () => {
  lab = await openLab();
  mongo = lab.mongo;
});
beforeEach(() => lab.forget());
afterAll(async () => {
  expect(lab.twin.violations).toEqual([]);
  await lab.close();
});

describe('mongo_find', () => {
  test('filters, sorts, projects and pages', async () => {
    const args = {
      collection: 'orders',
      filter: { customer: 'ann' },
      sort: { total: 1 as const },
      projection: { total: 1 },
    };
    expect(await mongo.read(find, 'shop', args)).toEqual({
      documents: [
        { _id: 3, total: 7 },
        { _id: 1, total: 10 },
      ],
      truncated: false,
    });
    const second = await mongo.read(find, 'shop', { ...args, skip: 1, limit: 1 });
    expect(second).toEqual({ documents: [{ _id: 1, total: 10 }], truncated: false });
  });

  test('says that there are more, and asks for one row more than it shows', async () => {
    const cut = await mongo.read(find, 'shop', { collection: 'orders', limit: 2 });
    expect(cut.documents).toHaveLength(2);
    expect(cut).toMatchObject({ truncated: true, hint: expect.any(String) });
    const limited = await mongo.read(find, 'shop', { collection: 'orders' }, { limits: { rows: 1 } });
    expect(limited).toMatchObject({ documents: [{ _id: 1 }], truncated: true });
    expect(lab.sent().filter(({ find: name }) => name)).toMatchObject([
      { limit: { value: 3 } },
      { limit: { value: 2 } },
    ]);
  });

  test('lets go of a cursor that the server keeps open', async () => {
    lab.twin.batchBytes = 100;
    const result = await mongo.read(find, 'shop', { collection: 'orders' });
    lab.twin.batchBytes = 16 * 2 ** 20;
    expect(result).toMatchObject({ truncated: true });
    expect(lab.sent().map((command) => Object.keys(command)[0])).toContain('killCursors');
    expect(lab.twin.openCursors).toBe(0);
  });

  test('bounds every command in the server', async () => {
    await mongo.read(find, 'shop', { collection: 'orders' });
    for (const command of lab.sent()) expect(command.maxTimeMS?.value).toBe(5_000);
  });

  test('shows what JSON lacks as Extended JSON and takes the same', async () => {
    const id = new ObjectId('65a000000000000000000001');
    lab.twin.state.put('shop', 'report.types', {
      _id: id,
      at: new Date('2026-01-02T03:04:05.678Z'),
      big: Long.fromString('9007199254740993'),
      small: Long.fromNumber(5),
      double: new Double(5),
      price: Decimal128.fromString('1.10'),
      bytes: new Binary(Buffer.from('ab'), 0),
      time: new Timestamp({ t: 5, i: 6 }),
      nothing: new Double(Number.NaN),
    });
    const args = { collection: 'report.types', filter: { _id: { $oid: id.toHexString() } } };
    const { documents } = await mongo.read(find, 'shop', args);
    expect(documents).toEqual([
      {
        _id: { $oid: '65a000000000000000000001' },
        at: { $date: '2026-01-02T03:04:05.678Z' },
        big: { $numberLong: '9007199254740993' },
        small: 5,
        double: 5,
        price: { $numberDecimal: '1.10' },
        bytes: { $binary: { base64: 'YWI=', subType: '00' } },
        time: { $timestamp: { t: 5, i: 6 } },
        nothing: { $numberDouble: 'NaN' },
      },
    ]);
    const byDate = { collection: 'report.types', filter: { at: { $lt: { $date: '2027-01-01T00:00:00Z' } } } };
    expect((await mongo.read(find, 'shop', byDate)).documents).toHaveLength(1);
  });

  test('reads a view whose every source is linked', async () => {
    const { documents } = await mongo.read(find, 'shop', { collection: 'open_orders' });
    expect(documents).toMatchObject([{ _id: 1 }, { _id: 2 }]);
  });

  test('names what is not there', async () => {
    const none = mongo.read(find, 'shop', { collection: 'report.none' });
    await expect(none).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('mongo_aggregate', () => {
  test('groups, and looks up in linked collections', async () => {
    const pipeline = [
      { $lookup: { from: 'items', localField: 'item', foreignField: '_id', as: 'i' } },
      { $unwind: '$i' },
      { $group: { _id: '$i.name', sum: { $sum: '$total' } } },
      { $sort: { _id: 1 as const } },
    ];
    const { documents, truncated } = await mongo.read(aggregate, 'shop', { collection: 'orders', pipeline });
    expect(documents).toEqual([
      { _id: 'apple', sum: 17 },
      { _id: 'bread', sum: 25 },
    ]);
    expect(truncated).toBe(false);
  });

  test('cuts what is too long', async () => {
    const args = { collection: 'orders', pipeline: [{ $match: {} }], limit: 1 };
    expect(await mongo.read(aggregate, 'shop', args)).toMatchObject({
      truncated: true,
      documents: [{ _id: 1 }],
    });
  });
});

test('mongo_count counts, and counts nothing as zero', async () => {
  expect(await mongo.read(count, 'shop', { collection: 'orders', filter: { total: { $gt: 8 } } })).toEqual({
    count: 2,
  });
  expect(await mongo.read(count, 'shop', { collection: 'orders', filter: { total: 99 } })).toEqual({
    count: 0,
  });
});

test('mongo_distinct counts each value, elements of arrays one by one', async () => {
  const { values } = await mongo.read(distinct, 'shop', { collection: 'orders', field: 'tags' });
  expect(values).toEqual([
    { value: 'eu', count: 2 },
    { value: 'new', count: 1 },
  ]);
  const cut = await mongo.read(distinct, 'shop', { collection: 'orders', field: 'customer', limit: 1 });
  expect(cut).toMatchObject({ values: [{ value: 'ann', count: 2 }], truncated: true });
});

test('mongo_explain shows the plan and nothing about the server', async () => {
  const planned = await mongo.read(explain, 'shop', { collection: 'orders', filter: { total: 7 } });
  expect(planned.plan).toEqual({
    queryPlanner: { winningPlan: { stage: 'COLLSCAN', direction: 'forward' } },
  });
  const pipeline = [{ $match: { total: 7 } }];
  const run = await mongo.read(explain, 'shop', { collection: 'orders', pipeline, execute: true });
  expect(run.plan).toMatchObject({ executionStats: { nReturned: 1, totalDocsExamined: 1 } });
  expect(JSON.stringify(run)).not.toContain('internal');
  const both = mongo.read(explain, 'shop', { collection: 'orders', pipeline, filter: {} });
  await expect(both).rejects.toMatchObject({ code: 'invalid_arguments' });
});

test('mongo_collections lists what the link reaches', async () => {
  const { collections: listed } = await mongo.read(collections, 'shop', {});
  expect(listed.map(({ name }) => name)).toEqual([
    'items',
    'open_orders',
    'orders',
    'peeking',
    'report.daily',
    'report.types',
  ]);
  expect(listed[1]).toEqual({ name: 'open_orders', type: 'view', view_on: 'orders', capped: false });
  const few = await mongo.read(collections, 'shop', { prefix: 'report.' }, { limits: { rows: 1 } });
  expect(few).toMatchObject({ collections: [{ name: 'report.daily' }], truncated: true });
});

test('mongo_indexes shows keys and options', async () => {
  lab.twin.state
    .database('shop')
    .get('items')
    ?.indexes.push({
      v: 2,
      key: { name: 1 },
      name: 'by_name',
      unique: true,
      expireAfterSeconds: 60,
      partialFilterExpression: { name: { $exists: true } },
    });
  const { indexes: shown } = await mongo.read(indexes, 'shop', { collection: 'items' });
  expect(shown).toEqual([
    { name: '_id_', key: { _id: 1 }, unique: false, sparse: false, hidden: false },
    {
      name: 'by_name',
      key: { name: 1 },
      unique: true,
      sparse: false,
      hidden: false,
      expire_after_seconds: 60,
      partial_filter: { name: { $exists: true } },
    },
  ]);
  const ofView = mongo.read(indexes, 'shop', { collection: 'open_orders' });
  await expect(ofView).rejects.toMatchObject({ code: 'query_failed' });
});

test('mongo_stats sums up one collection, or all that are linked', async () => {
  const one = await mongo.read(stats, 'shop', { collection: 'orders' });
  expect(one.collections).toMatchObject([
    { name: 'orders', documents: 3, index_bytes: 4096, indexes: { _id_: 4096 } },
  ]);
  const all = await mongo.read(stats, 'shop', {});
  expect(all.collections.map(({ name }) => name)).toEqual([
    'items',
    'orders',
    'report.daily',
    'report.types',
  ]);
  expect(JSON.stringify(all)).not.toContain('internal');
});

test('mongo_schema_sample tells fields and types, and no value', async () => {
  const sampled = await mongo.read(schemaSample, 'shop', { collection: 'orders' });
  expect(sampled.sampled).toBe(3);
  expect(sampled.fields).toContainEqual({ path: 'tags', documents: 2, types: { array: 2 } });
  expect(sampled.fields).toContainEqual({ path: 'tags[]', documents: 2, types: { string: 3 } });
  expect(JSON.stringify(sampled)).not.toMatch(/ann|apple|eu/);
});

describe('what goes wrong', () => {
  const ask = (m: Mongo) => m.read(find, 'shop', { collection: 'orders' });

  test('wrong credentials are told without them', async () => {
    const { Secret } = await import('../../../src/secrets/secret.ts');
    const credentials = {
      user: 'reader',
      password: new Secret('password', 'wrong-pass-word'),
      auth_source: 'admin',
      mechanism: 'SCRAM-SHA-256' as const,
    };
    const error = await ask(openMongo(lab.twin.port, undefined, { credentials } as never)).catch((e) => e);
    expect(error).toMatchObject({ code: 'login_failed' });
    expect(String(error.detail)).not.toMatch(/pass-word|reader/);
  });

  test('an account that can too much is told to the operator, once it is used', async () => {
    lab.twin.roles = [
      { role: 'read', db: 'shop' },
      { role: 'root', db: 'admin' },
    ];
    const fresh = openMongo(lab.twin.port);
    await ask(fresh);
    lab.twin.roles = [];
    expect(fresh.warnings).toEqual([expect.stringContaining('the role root on admin')]);
  });

  test('a server that is not there is unreachable', async () => {
    await expect(ask(openMongo(1))).rejects.toMatchObject({ code: 'unreachable' });
  });

  test.each([
    [13, 'Unauthorized', 'permission_denied'],
    [50, 'MaxTimeMSExpired', 'timeout'],
    [26, 'NamespaceNotFound', 'not_found'],
    [292, 'QueryExceededMemoryLimitNoDiskUseAllowed', 'query_failed'],
    [4711, 'Whatever', 'query_failed'],
    [189, 'PrimarySteppedDown', 'unreachable'],
  ])('code %i of the server is %s', async (code, name, expected) => {
    lab.twin.fail('find', code, name);
    const error = await ask(mongo).catch((e) => e);
    expect(error).toMatchObject({ code: expected });
    expect(String(error.detail)).not.toMatch(/hidden-value|internal/);
  });

  test('a cancelled call ends in the server too', async () => {
    const controller = new AbortController();
    lab.twin.hang('find');
    const asked = mongo
      .read(find, 'shop', { collection: 'orders' }, { signal: controller.signal })
      .catch((e) => e);
    await expect.poll(() => lab.sent().some(({ find: name }) => name)).toBe(true);
    controller.abort();
    expect(await asked).toMatchObject({ code: 'cancelled' });
    await expect.poll(() => lab.twin.abandoned).toEqual(['find']);
  });

  test('a connection that breaks is unreachable, and the next call connects again', async () => {
    lab.twin.loseAnswerOf('find');
    await expect(ask(mongo)).rejects.toMatchObject({ code: 'unreachable' });
    expect((await ask(mongo)).documents).toHaveLength(3);
  });
});
