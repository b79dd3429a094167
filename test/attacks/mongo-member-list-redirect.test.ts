import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { find } from '../../src/services/mongodb/tools/find.ts';
import { type Lab, NARROW, openLab, openMongo } from '../services/mongodb/lab.ts';
import { type MongoTwin, startMongoTwin } from '../twins/mongodb.ts';

let lab: Lab;
let visits = 0;
const trap = createServer((socket) => {
  visits += 1;
  socket.destroy();
});
let address: string;
let others: MongoTwin[] = [];
beforeAll(async () => {
  lab = await openLab();
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(trap.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await Promise.all(others.map((twin) => twin.close()));
  others = [];
});
afterAll(async () => {
  await new Promise((resolve) => trap.close(resolve));
  await lab.close();
});

const ask = { collection: 'orders' };

test('a server that names other members leads nobody to them', async () => {
  lab.twin.role = { setName: 'rs', isPrimary: true, isMongos: false, hosts: [address] };
  const mongo = openMongo(lab.twin.port, { shop: NARROW }, { replica_set: 'rs' });
  expect((await mongo.read(find, 'shop', ask)).documents).toHaveLength(3);
  expect(visits).toBe(0);
});

test('a secondary that names another primary leads nobody to it, and the named primary is found', async () => {
  const primary = await startMongoTwin();
  others = [primary];
  primary.state.put('shop', 'orders', { _id: 'of the primary' });
  primary.role = { setName: 'rs', isPrimary: true, isMongos: false };
  lab.twin.role = { setName: 'rs', isPrimary: false, isMongos: false, hosts: [address] };
  const other_hosts = [{ host: '127.0.0.1', port: primary.port }];
  const mongo = openMongo(lab.twin.port, { shop: NARROW }, { replica_set: 'rs', other_hosts });
  expect((await mongo.read(find, 'shop', ask)).documents).toEqual([{ _id: 'of the primary' }]);
  expect(visits).toBe(0);
});

test('a member of another replica set is not asked', async () => {
  lab.twin.role = { setName: 'another', isPrimary: true, isMongos: false };
  lab.forget();
  const mongo = openMongo(lab.twin.port, { shop: NARROW }, { replica_set: 'rs' });
  await expect(mongo.read(find, 'shop', ask)).rejects.toMatchObject({ code: 'setting_unavailable' });
  expect(lab.twin.commands).toEqual([]);
});
