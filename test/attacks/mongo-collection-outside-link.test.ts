import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { collections } from '../../src/services/mongodb/tools/collections.ts';
import { type Lab, NARROW, openLab, openMongo } from '../services/mongodb/lab.ts';
import { leftOf, readsOf, writesOf } from '../services/mongodb/questions.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
beforeEach(() => lab.forget());
afterAll(() => lab.close());

// `report.*` is the beginning `report.` and nothing else; no character of a name means more than itself.
const OUTSIDE = [
  'secrets',
  'Orders',
  'orders ',
  'orders.',
  'ordersx',
  'report',
  'reports.x',
  'system.users',
  'system.profile',
  'system.views',
  'system.buckets.report.x',
  '$cmd',
  '$cmd.sys.inprog',
  'orders.$cmd',
  'orders\u0000secrets',
  '*',
  '.*',
  '',
  'other.orders',
];

test.each(OUTSIDE)('the collection %j is refused before a command about it leaves', async (name) => {
  for (const attempt of [...readsOf(name), ...writesOf(name)])
    await expect(attempt(lab.mongo)).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
});

test('the server’s own collections are out of reach of a link that names no list', async () => {
  const whole = openMongo(lab.tap.port, { shop: {} });
  for (const name of OUTSIDE.filter((one) => /^(system|\$)/.test(one)))
    for (const attempt of [...readsOf(name), ...writesOf(name)])
      await expect(attempt(whole)).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
});

test('collections outside the link are not listed, nor what a view stands on', async () => {
  lab.twin.state.create('shop', 'report.view', { viewOn: 'secrets', pipeline: [] });
  const listed = await lab.mongo.read(collections, 'shop', {});
  expect(JSON.stringify(listed)).not.toContain('secrets');
});

test.each(['admin', 'local', 'config', 'ADMIN', 'a.b', '$external'])(
  'the database %s is never opened, whatever a topology says',
  async (database) => {
    const mongo = openMongo(lab.tap.port, { [database]: NARROW });
    await expect(mongo.read(collections, database, {})).rejects.toMatchObject({ code: 'not_linked' });
    expect(lab.twin.commands).toEqual([]);
  },
);
