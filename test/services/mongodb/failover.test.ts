import { afterEach, expect, test } from 'vitest';
import { connector } from '../../../src/services/mongodb/connect.ts';
import { ScopedCollection } from '../../../src/services/mongodb/scope.ts';
import { type MongoTwin, startMongoTwin } from '../../twins/mongodb.ts';
import { connectionTo, LIMITS, NARROW, openMongo } from './lab.ts';

let members: MongoTwin[] = [];
afterEach(async () => {
  for (const twin of members) expect(twin.violations).toEqual([]);
  await Promise.all(members.map((twin) => twin.close()));
  members = [];
});

const asMember = (isPrimary: boolean) => ({ setName: 'rs', isPrimary, isMongos: false });

/** Two members of which the first is the primary, and one reading client that is kept open. */
async function open() {
  const [one, two] = [await startMongoTwin(), await startMongoTwin()];
  members = [one, two];
  one.state.put('shop', 'orders', { _id: 'one' });
  two.state.put('shop', 'orders', { _id: 'two' });
  one.role = asMember(true);
  two.role = asMember(false);
  const { client, close } = await connector.openReader({
    component: 'db',
    sub: 'shop',
    entry: NARROW,
    connection: connectionTo(one.port, {
      replica_set: 'rs',
      other_hosts: [{ host: '127.0.0.1', port: two.port }],
    }),
    limits: LIMITS,
    warn: () => {},
  });
  const on = ScopedCollection.within(openMongo(one.port).target('shop'), 'orders');
  const bounds = { limits: LIMITS, signal: new AbortController().signal };
  return { one, two, close, find: () => client.find({ on, filter: {}, rows: 5 }, bounds) };
}

test('a member that stepped down is left for the new primary by the next call', async () => {
  const { one, two, close, find } = await open();
  expect((await find()).documents).toEqual([{ _id: 'one' }]);
  one.role = asMember(false);
  two.role = asMember(true);
  one.fail('find', 10107, 'NotWritablePrimary');
  await expect(find()).rejects.toMatchObject({ code: 'unreachable' });
  expect((await find()).documents).toEqual([{ _id: 'two' }]);
  await close();
});

test('while no member is a primary, calls fail, and work again once one is', async () => {
  const { one, close, find } = await open();
  one.role = asMember(false);
  one.fail('find', 189, 'PrimarySteppedDown');
  await expect(find()).rejects.toMatchObject({ code: 'unreachable' });
  await expect(find()).rejects.toMatchObject({ code: 'unreachable' });
  one.forget();
  one.role = asMember(true);
  expect((await find()).documents).toEqual([{ _id: 'one' }]);
  await close();
  await expect(find()).rejects.toMatchObject({ code: 'cancelled' });
});
