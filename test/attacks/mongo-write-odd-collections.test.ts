import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Lab, openLab } from '../services/mongodb/lab.ts';
import { leftOf, writesOf } from '../services/mongodb/questions.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  const { state } = lab.twin;
  state.create('shop', 'report.capped', { capped: true, size: 1000 });
  state.create('shop', 'report.series', { timeseries: { timeField: 'at' } });
  state.create('shop', 'report.encrypted', { encryptedFields: { fields: [] } });
});
beforeEach(() => lab.forget());
afterAll(() => lab.close());

const WRITES = ['insert', 'update', 'delete', 'createIndexes', 'dropIndexes'];
const written = () => leftOf(lab).filter((name) => WRITES.includes(name));

test.each([
  ['a view', 'open_orders'],
  ['a capped collection, which would push others out', 'report.capped'],
  ['a time series', 'report.series'],
  ['a collection with encrypted fields', 'report.encrypted'],
])('%s is not written to', async (_, name) => {
  for (const attempt of writesOf(name))
    await expect(attempt(lab.mongo)).rejects.toMatchObject({ code: 'conflict' });
  expect(written()).toEqual([]);
});

test('a collection that is not there is not made by a write', async () => {
  for (const attempt of writesOf('report.new'))
    await expect(attempt(lab.mongo)).rejects.toMatchObject({ code: 'not_found' });
  expect(written()).toEqual([]);
  expect(lab.twin.state.database('shop').has('report.new')).toBe(false);
});

test('nothing is written through a mongos, where an _id can be there twice', async () => {
  lab.twin.role = { isPrimary: true, isMongos: true };
  for (const attempt of writesOf('orders'))
    await expect(attempt(lab.mongo)).rejects.toMatchObject({ code: 'conflict' });
  expect(written()).toEqual([]);
});
