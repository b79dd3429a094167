import {
  createTopicsV7,
  deleteGroupsV2,
  deleteRecordsV2,
  deleteTopicsV6,
  incrementalAlterConfigsV1,
  joinGroupV9,
  offsetCommitV8,
  produceV7,
} from '@platformatic/kafka';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseAddress } from '../../src/services/kafka/connection.ts';
import { READ_APIS, WRITE_APIS } from '../../src/services/kafka/protocol/apis.ts';
import { Broker } from '../../src/services/kafka/protocol/broker.ts';
import { tapWire } from '../harness/wiretap.ts';
import { reads } from '../services/kafka/attempts.ts';
import { closeLab, type Lab, openKafka, openLab } from '../services/kafka/fixture.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(() => closeLab(lab));
const { signal } = new AbortController();

/** API keys of the requests in what left for a broker. */
function keysIn(bytes: Buffer): number[] {
  const keys: number[] = [];
  for (let at = 0; at < bytes.length; at += 4 + bytes.readInt32BE(at)) keys.push(bytes.readInt16BE(at + 4));
  return keys;
}

async function tapped() {
  const port = parseAddress(lab.twin.brokers[0] ?? '')?.port ?? 0;
  const tap = await tapWire(port);
  const node = lab.twin.nodes[0];
  if (node) node.port = tap.port;
  return tap;
}

test('no request that changes, joins or commits leaves a reading connection, whatever a tool asks', async () => {
  const tap = await tapped();
  const address = { host: '127.0.0.1', port: tap.port };
  const broker = await Broker.open(address, { tls: false, allowed: READ_APIS });
  const before = tap.sent().length;
  const resource = { resourceType: 2 as const, resourceName: 'orders', configs: [] };
  const attempts = [
    broker.ask(createTopicsV7.api, [[], 1, false], signal),
    broker.ask(deleteTopicsV6.api, [[{ name: 'orders' }], 1], signal),
    broker.ask(incrementalAlterConfigsV1.api, [[resource], false], signal),
    broker.ask(offsetCommitV8.api, ['g', -1, '', null, []], signal),
    broker.ask(produceV7.api, [-1, 1, [{ topic: 'orders', value: Buffer.from('x') }]], signal),
  ];
  for (const attempt of await Promise.allSettled(attempts)) expect(attempt.status).toBe('rejected');
  expect(tap.sent()).toHaveLength(before);
  broker.close();
  await tap.close();
});

test('joining a group, deleting records and deleting groups are on no list', () => {
  for (const { key } of [joinGroupV9.api, deleteRecordsV2.api, deleteGroupsV2.api])
    expect([READ_APIS.has(key), WRITE_APIS.has(key)]).toEqual([false, false]);
});

test('what the reading tools send is of the reading list alone', async () => {
  const tap = await tapped();
  const kafka = openKafka([`127.0.0.1:${tap.port}`]);
  lab.state.commit('orders-mail', 'orders', 0, 0);
  for (const [, run] of reads('orders', 'orders-mail')) await run(kafka);
  await tap.close();
  // Each tool has a connection of its own here, and none sends while another does.
  const keys = keysIn(tap.sent());
  expect(keys.length).toBeGreaterThan(15);
  for (const key of keys) expect(READ_APIS.has(key), `API ${key}`).toBe(true);
});
