import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { assertUnlocked } from '../../src/services/mongodb/lock.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';
import { leftOf, withPipeline } from '../services/mongodb/questions.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
beforeEach(() => lab.forget());
afterAll(() => lab.close());

const MERGE = { $merge: { into: 'items' } };

test.each([
  ['$out', [{ $out: 'orders' }]],
  ['$out into another database', [{ $out: { db: 'other', coll: 'orders' } }]],
  ['$merge', [MERGE]],
  ['$merge after others', [{ $match: {} }, { $limit: 1 }, MERGE]],
  ['$merge inside $lookup', [{ $lookup: { from: 'items', pipeline: [MERGE], as: 'c' } }]],
  ['$merge inside $unionWith', [{ $unionWith: { coll: 'items', pipeline: [MERGE] } }]],
  ['$out inside $facet', [{ $facet: { a: [{ $out: 'x' }] } }]],
  ['a second key beside a known stage', [{ $match: {}, $out: 'x' }]],
])('%s writes nothing', async (_, pipeline) => {
  const before = [lab.twin.state.dump('shop', 'orders'), lab.twin.state.dump('shop', 'items')];
  for (const attempt of withPipeline(pipeline)) await expect(attempt(lab.mongo)).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
  expect([lab.twin.state.dump('shop', 'orders'), lab.twin.state.dump('shop', 'items')]).toEqual(before);
});

// Should a guard ever let one through, the connection does not send it.
const q = { _id: 1 };
test.each([
  { insert: 'orders', documents: [] },
  { update: 'orders', updates: [] },
  { delete: 'orders', deletes: [] },
  { findAndModify: 'orders', query: {} },
  { drop: 'orders' },
  { dropDatabase: 1 },
  { createIndexes: 'orders', indexes: [] },
  { renameCollection: 'shop.orders', to: 'shop.x' },
  { eval: 'function() {}' },
  { mapReduce: 'orders' },
  { usersInfo: 1 },
  { getLog: 'global' },
  { shutdown: 1 },
  { find: 'secrets', filter: {} },
  { find: 'orders', filter: {}, tailable: true },
  { find: 'orders', filter: { $where: '1' } },
  { find: 'orders', filter: { a: { _bsontype: 'Code', code: '1' } } },
  { find: 'orders', filter: {}, let: {} },
  { aggregate: 1, pipeline: [{ $currentOp: {} }], cursor: {} },
  { aggregate: 'orders', pipeline: [{ $out: 'x' }], cursor: {} },
  { aggregate: 'orders', pipeline: [{ $lookup: { from: 'secrets' } }], cursor: {} },
  { aggregate: 'orders', pipeline: [{ $unionWith: 'secrets' }], cursor: {} },
  { aggregate: 'orders', pipeline: [{ $unionWith: { coll: 'secrets' } }], cursor: {} },
  { aggregate: 'orders', pipeline: [{ $project: { x: '$$USER_ROLES' } }], cursor: {} },
  { explain: { delete: 'orders', deletes: [{ q, limit: 1 }] }, verbosity: 'executionStats' },
  { explain: { aggregate: 'orders', pipeline: [{ $merge: { into: 'x' } }], cursor: {} } },
  { killCursors: 'secrets', cursors: [] },
  { listIndexes: 'secrets' },
])('the lock of a reading connection holds %j back', (command) => {
  expect(() => assertUnlocked(command, { access: 'read', collections: ['orders'] })).toThrow(TypeError);
});

test.each([
  { update: 'orders', updates: [{ q: {}, u: { a: 1 }, multi: false, upsert: false }] },
  { update: 'orders', updates: [{ q, u: { a: 1 }, multi: true, upsert: false }] },
  { update: 'orders', updates: [{ q, u: { a: 1 }, multi: false, upsert: true }] },
  { update: 'orders', updates: [{ q, u: { $set: { a: 1 } }, multi: false, upsert: false }] },
  { update: 'orders', updates: [{ q, u: [{ $set: { a: 1 } }], multi: false, upsert: false }] },
  { update: 'orders', updates: [{ q: { ...q, $where: '1' }, u: { a: 1 }, multi: false, upsert: false }] },
  { delete: 'orders', deletes: [{ q, limit: 0 }] },
  { delete: 'orders', deletes: [{ q: {}, limit: 1 }] },
  { delete: 'secrets', deletes: [{ q, limit: 1 }] },
  { insert: 'secrets', documents: [] },
  { insert: 'orders', documents: [], bypassDocumentValidation: true },
  { dropIndexes: 'orders', index: '*' },
  { dropIndexes: 'orders', index: ['a', 'b'] },
  { drop: 'orders' },
  { collMod: 'orders' },
  { findAndModify: 'orders', query: q, remove: true },
])('the lock of a writing connection holds %j back', (command) => {
  expect(() => assertUnlocked(command, { access: 'write', collections: ['orders'] })).toThrow(TypeError);
});
