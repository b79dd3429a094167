import { BSONSymbol, type Document, Timestamp } from 'bson';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { remove } from '../../src/services/mongodb/tools/delete.ts';
import { update } from '../../src/services/mongodb/tools/update.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';
import { leftOf } from '../services/mongodb/questions.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
beforeEach(() => lab.forget());
afterAll(() => lab.close());

/** BSON whose parts JavaScript would put into another order: `{_id: 1, b: 1, 2: 1}`. */
const outOfOrder = Buffer.from('1a000000105f696400010000001062000100000010320001000000' + '00', 'hex');
/** `{_id: 2, a: 1, a: 2}`. */
const twice = Buffer.from('1a000000105f696400020000001061000100000010610002000000' + '00', 'hex');

function bytesInto(bytes: Buffer): void {
  const fixed = Buffer.from(bytes);
  fixed.writeInt32LE(fixed.length, 0);
  lab.twin.state.create('shop', 'report.odd').documents = [fixed];
}
/** `{_id: 3, _bsontype: 'Code'}`, by which the driver would take it for a type. */
const forged = Buffer.concat([
  Buffer.from('00000000105f69640003000000', 'hex'),
  Buffer.from('\u0002_bsontype\0\u0005\0\0\0Code\0\0'),
]);
const documentInto = (document: Document) => {
  lab.twin.state.create('shop', 'report.odd');
  lab.twin.state.put('shop', 'report.odd', document);
};

test.each([
  ['numbers as names, out of order', () => bytesInto(outOfOrder)],
  ['a field that stands for a type', () => bytesInto(forged)],
  ['a name twice', () => bytesInto(twice)],
  [
    'an empty timestamp, which the server fills in',
    () => documentInto({ _id: 1, at: new Timestamp({ t: 0, i: 0 }) }),
  ],
  ['a name that begins with $', () => documentInto({ _id: 1, $set: 1, s: new BSONSymbol('x') })],
])('a document with %s is neither changed nor deleted', async (_, make) => {
  make();
  const before = lab.twin.state
    .database('shop')
    .get('report.odd')
    ?.documents.map((bytes) => bytes.toString('hex'));
  const args = { collection: 'report.odd', filter: { _id: { $gte: 0 } } };
  await expect(lab.mongo.write(remove, 'shop', args)).rejects.toMatchObject({ code: 'conflict' });
  const set = { ...args, update: { $set: { z: 1 } } };
  await expect(lab.mongo.write(update, 'shop', set)).rejects.toMatchObject({ code: 'conflict' });
  expect(leftOf(lab).filter((name) => name === 'update' || name === 'delete')).toEqual([]);
  const after = lab.twin.state
    .database('shop')
    .get('report.odd')
    ?.documents.map((bytes) => bytes.toString('hex'));
  expect(after).toEqual(before);
});
