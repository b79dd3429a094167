import { expect, test } from 'vitest';
import { listResources, readResource } from '../../src/server/resources.ts';
import { openStack } from '../harness/stack.ts';

const HIDDEN = [
  'db-7.internal',
  '15432',
  'ORDERS_PASSWORD',
  '/run/hidden/user',
  'metrics.internal',
  'hunter2',
];

test('no resource says where a component is, where its credentials come from, or what people noted beside it', async () => {
  const stack = await openStack({
    topology: `stack: shop # the old password was hunter2
components:
  orders-db:
    type: postgresql
    host: db-7.internal
    port: 15432
    credentials: {user: {file: /run/hidden/user}, password: {env: ORDERS_PASSWORD}}
    databases: {orders: {schemas: [public]}}
  metrics: {type: prometheus, url: "http://metrics.internal:9090"}
  helper: {type: agent}
links:
  - {from: helper, to: metrics, type: observes}
`,
  });
  const { stackward } = stack;
  const texts: string[] = [];
  for (const principal of ['helper', 'stack'])
    for (const { uri } of listResources(stackward.catalogs.graph()))
      texts.push(JSON.stringify(await readResource(stackward, principal, uri)));
  for (const tool of ['stack_components', 'stack_links'])
    texts.push(JSON.stringify(await stack.call(tool, {}, { as: 'helper' })));
  await stack.close();
  expect(texts.length).toBe(10);
  expect(texts.join()).toContain('orders-db');
  for (const word of HIDDEN) expect(texts.join()).not.toContain(word);
});
