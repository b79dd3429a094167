import { afterAll, beforeAll, expect, test } from 'vitest';
import { schemaSample } from '../../src/services/mongodb/tools/schema-sample.ts';
import { stats } from '../../src/services/mongodb/tools/stats.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const NAMES = ['constructor', 'toString', '__proto__', 'hasOwnProperty'];

test.each(NAMES)('a document whose first field is called %s is sampled as a document', async (name) => {
  lab.twin.state.put('shop', 'report.names', JSON.parse(`{"_id": 1, "in": {"${name}": {"deep": 1}}}`));
  const { fields } = await lab.mongo.read(schemaSample, 'shop', { collection: 'report.names' });
  expect(fields.find(({ path }) => path === 'in')?.types).toEqual({ object: 1 });
  expect(fields.map(({ path }) => path)).toContain(`in.${name}.deep`);
  lab.twin.state.database('shop').delete('report.names');
});

test.each(NAMES.filter((name) => name !== '__proto__'))(
  'an index called %s is counted like any other',
  async (name) => {
    lab.twin.state.put('shop', 'report.indexed', { _id: 1 });
    lab.twin.state
      .database('shop')
      .get('report.indexed')
      ?.indexes.push({ v: 2, key: { a: 1 }, name });
    const { collections } = await lab.mongo.read(stats, 'shop', { collection: 'report.indexed' });
    expect(Object.entries(collections[0]?.indexes ?? {})).toContainEqual([name, 4096]);
    lab.twin.state.database('shop').delete('report.indexed');
  },
);
