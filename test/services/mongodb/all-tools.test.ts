import { afterAll, beforeAll, expect, test } from 'vitest';
import { mongodb } from '../../../src/services/mongodb/service.ts';
import { openStack, type TestStack } from '../../harness/stack.ts';
import { type Lab, openLab } from './lab.ts';

let lab: Lab;
let stack: TestStack;
beforeAll(async () => {
  lab = await openLab();
  stack = await openStack({
    topology: `stack: shop
components:
  app: {type: application}
  reader: {type: agent}
  db:
    type: mongodb
    host: 127.0.0.1
    port: ${lab.tap.port}
    credentials: {user: {env: DB_USER}, password: {env: DB_PASSWORD}}
    databases: {shop: {collections: [orders, items]}}
links:
  - {from: app, to: db, type: queries}
  - {from: reader, to: db, type: observes, databases: {shop: {collections: [items]}}}
`,
    env: { DB_USER: lab.twin.user, DB_PASSWORD: lab.twin.password, MCP_DB_WRITE_ACCESS: 'true' },
  });
});
afterAll(async () => {
  await stack.close();
  expect(lab.twin.violations).toEqual([]);
  await lab.close();
});

const on = { collection: 'orders' };
const CALLS: Readonly<Record<string, object>> = {
  mongo_find: { ...on, filter: { total: { $gt: 8 } } },
  mongo_aggregate: { ...on, pipeline: [{ $group: { _id: '$customer', n: { $sum: 1 } } }] },
  mongo_count: on,
  mongo_distinct: { ...on, field: 'customer' },
  mongo_explain: { ...on, filter: { total: 7 }, execute: true },
  mongo_collections: {},
  mongo_schema_sample: on,
  mongo_indexes: on,
  mongo_stats: {},
  mongo_insert: { ...on, documents: [{ customer: 'eve' }] },
  mongo_update: { ...on, filter: { _id: 1 }, update: { $inc: { total: 1 } } },
  mongo_delete: { ...on, filter: { _id: 3 } },
  mongo_create_index: { ...on, name: 'by_total', key: [{ field: 'total', order: -1 }] },
  mongo_drop_index: { ...on, index: 'by_total' },
};

test('every tool is called below', () => {
  expect(Object.keys(CALLS)).toEqual(mongodb.tools.map(({ name }) => name));
});

test.each(Object.entries(CALLS))(
  '%s answers through the whole pipeline in its own shape',
  async (name, args) => {
    const result = await stack.call(name, { ...args });
    expect(result.isError, JSON.stringify(result.content)).toBe(false);
    const tool = mongodb.tools.find((one) => one.name === name);
    expect(tool?.output.safeParse(result.structuredContent).error).toBeUndefined();
  },
);

test('a narrowed link that only reads has no writing tool and reaches its own collections alone', async () => {
  expect(stack.tools('reader').filter((name) => name.startsWith('mongo_'))).not.toContain('mongo_delete');
  const reached = await stack.call('mongo_find', { collection: 'items' }, { as: 'reader' });
  expect(reached.isError).toBe(false);
  lab.forget();
  const other = await stack.call('mongo_find', { collection: 'orders' }, { as: 'reader' });
  expect(other.isError).toBe(true);
  expect(JSON.stringify(other.content)).toContain('not_linked');
  expect(lab.sent()).toEqual([]);
});

test('a secret of the topology that a document holds is masked', async () => {
  lab.twin.state.put('shop', 'items', { _id: 'c', note: `the password is ${lab.twin.password}` });
  const result = await stack.call('mongo_find', { collection: 'items' });
  expect(JSON.stringify(result)).not.toContain(lab.twin.password);
});

test('an answer over the byte limit is cut and says so', async () => {
  for (let i = 0; i < 40; i += 1)
    lab.twin.state.put('shop', 'items', { _id: `big${i}`, text: 'x'.repeat(20_000) });
  const result = await stack.call('mongo_find', { collection: 'items' });
  expect(result.structuredContent).toMatchObject({ truncated: true, hint: expect.any(String) });
});
