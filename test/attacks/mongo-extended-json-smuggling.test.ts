import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { find } from '../../src/services/mongodb/tools/find.ts';
import { insert } from '../../src/services/mongodb/tools/insert.ts';
import { update } from '../../src/services/mongodb/tools/update.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';
import { leftOf, withFilter } from '../services/mongodb/questions.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
beforeEach(() => lab.forget());
afterAll(() => lab.close());

const OID = '65a000000000000000000001';
const VALUES: readonly (readonly [string, string])[] = [
  ['code', '{"$code": "function() {}"}'],
  ['code with a scope', '{"$code": "1", "$scope": {}}'],
  ['a pointer into another database', `{"$dbPointer": {"$ref": "other.orders", "$id": {"$oid": "${OID}"}}}`],
  ['a reference', `{"$ref": "secrets", "$id": 1, "$db": "other"}`],
  ['a symbol', '{"$symbol": "x"}'],
  ['undefined', '{"$undefined": true}'],
  ['a second key beside an ObjectId', `{"$oid": "${OID}", "$where": "1"}`],
  ['an operator before a number', '{"$ne": 1, "$numberLong": "5"}'],
  ['a field beside a date', '{"$date": "2026-01-01T00:00:00Z", "x": 1}'],
  ['an ObjectId that is none', '{"$oid": {"$gt": ""}}'],
  ['a date that is an operator', '{"$date": {"$gt": 1}}'],
  ['a number that is none', '{"$numberLong": "9223372036854775808"}'],
  ['an int32 out of range', '{"$numberInt": "2147483648"}'],
  ['binary that is none', '{"$binary": {"base64": "***", "subType": "00"}}'],
  ['an expression with a NUL', '{"$regularExpression": {"pattern": "a\\u0000b", "options": ""}}'],
  ['options that do not exist', '{"$regularExpression": {"pattern": "a", "options": "g"}}'],
  ['an empty timestamp', '{"$timestamp": {"t": 0, "i": 0}}'],
  ['a nested operator in a plain document', '{"a": {"$where": "1"}}'],
  ['a forged type', '{"_bsontype": "Code", "code": "function() {}"}'],
  ['a forged type deep inside', '{"a": [{"_bsontype": "ObjectId", "id": "x"}]}'],
  ['half a character', '"\\ud800"'],
  ['a prototype', '{"a": {"__proto__": {"$where": "1"}}, "b": {"$where": 1}}'],
];

test.each(VALUES)('%s as a value of a filter is refused before it is sent', async (_, text) => {
  const value = JSON.parse(text);
  for (const attempt of withFilter({ total: { $eq: value } }))
    await expect(attempt(lab.mongo)).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
});

test.each(VALUES)('%s as data is refused before it is sent', async (_, text) => {
  const before = lab.twin.state.dump('shop', 'orders');
  const value = JSON.parse(text);
  const set = { collection: 'orders', filter: { _id: 1 }, update: { $set: { a: value } } };
  await expect(lab.mongo.write(update, 'shop', set)).rejects.toThrow();
  const put = { collection: 'orders', documents: [{ a: value }] };
  await expect(lab.mongo.write(insert, 'shop', put)).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
  expect(lab.twin.state.dump('shop', 'orders')).toEqual(before);
});

test('an operator in the place of a value stays an operator that is judged, and never becomes a value', async () => {
  for (const filter of [{ total: { $oid: OID, $gt: 1 } }, { total: { $type: 'int', $oid: OID } }])
    await expect(lab.mongo.read(find, 'shop', { collection: 'orders', filter })).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
});

test.each([
  'a.$where',
  '$a',
  'a..b',
  '.a',
  'a.',
  '',
  'a\u0000b',
  'a.__proto__.b',
  'a._bsontype',
  '_bsontype',
])('the path %j is refused as a field to change or to filter by', async (path) => {
  const set = { collection: 'orders', filter: { _id: 1 }, update: { $set: { [path]: 1 } } };
  await expect(lab.mongo.write(update, 'shop', set)).rejects.toThrow();
  for (const attempt of withFilter({ [path]: 1 })) await expect(attempt(lab.mongo)).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
  expect(Object.hasOwn(Object.prototype, 'b')).toBe(false);
});
