import { readFile, writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openStack } from '../harness/stack.ts';
import { openVersionLab, TOPOLOGY } from '../versions/lab.ts';

const SHARED = `stack: shop
components:
  db:
    type: postgresql
    host: 127.0.0.1
    port: 1
    credentials: {user: {env: DB_USER}, password: {env: DB_PASSWORD}}
    databases: {orders: {schemas: [public, billing]}, payroll: {}}
  app: {type: application}
  clerk: {type: agent}
  narrow: {type: agent}
links:
  - {from: app, to: db, type: queries}
  - {from: clerk, to: db, type: queries, databases: [orders]}
  - {from: narrow, to: db, type: queries, databases: {orders: {schemas: [public]}}}
`;

async function openShared() {
  const stack = await openStack({ topology: SHARED, env: { DB_USER: 'u', DB_PASSWORD: 'pass-word-1' } });
  onTestFinished(() => stack.close());
  const write = (target: string, resource: string, principal = 'stack') =>
    stack.stackward.history.versions.begin({
      cause: 'write',
      call: 'c',
      seq: 1,
      principal,
      tool: 'pg_update_rows',
      target,
      resources: [resource],
      args: {},
      before: null,
    });
  const ask = async (tool: string, args: Record<string, unknown>, as: string) =>
    JSON.stringify(await stack.call(tool, args, { as }));
  return { stack, write, ask };
}

test('the history of a database that no link of the agent reaches is not told', async () => {
  const { write, ask } = await openShared();
  await write('db/payroll', 'payroll.public.salaries');
  await write('db/orders', 'orders.public.baskets');
  const list = await ask('stack_versions', {}, 'clerk');
  expect(list).toContain('baskets');
  expect(list).not.toContain('payroll');
});

test('nor that of a schema that the link does not name, save for what the agent did itself', async () => {
  const { write, ask } = await openShared();
  await write('db/orders', 'orders.billing.invoices');
  await write('db/orders', 'orders.public.baskets', 'narrow');
  const list = await ask('stack_versions', {}, 'narrow');
  expect(list).toContain('baskets');
  expect(list).not.toContain('invoices');
});

test('nor the configuration of either', async () => {
  const { stack, ask } = await openShared();
  const snapshot = (value: number) =>
    stack.stackward.history.versions.record(
      { cause: 'snapshot', by: 'ann' },
      new Map([
        [
          'db',
          {
            configuration: {
              'db/payroll tables public.salaries': { columns: value },
              'db/orders tables public.baskets': { columns: value },
            },
          },
        ],
      ]),
    );
  const from = (await snapshot(1)).number;
  const to = (await snapshot(2)).number;
  const seen = await ask('stack_diff', { from, to }, 'clerk');
  expect(seen).toContain('baskets');
  expect(seen).not.toContain('salaries');
  expect(await ask('stack_diff', { from, to }, 'narrow')).not.toMatch(/salaries|baskets/);
});

test('an agent does not plan to take back what it is not told of', async () => {
  const { stack, write, ask } = await openShared();
  const to = stack.stackward.history.versions.version();
  await write('db/orders', 'orders.billing.invoices');
  expect(await ask('stack_plan_rollback', { to, component: 'db' }, 'narrow')).toContain('not_linked');
});

test('an agent does not draw itself the links that it had once', async () => {
  const env = { MCP_STACK_WRITE_ACCESS: 'true', MCP_BOOKS_WRITE_ACCESS: 'true' };
  const lab = await openVersionLab({ env, watch: true });
  const to = lab.now();
  const edited = TOPOLOGY.replace(
    '  - {from: clerk, to: books, type: uses}\n',
    '  - {from: clerk, to: vault, type: uses}\n',
  );
  await writeFile(lab.stack.file, edited);
  await expect.poll(() => lab.now(), { timeout: 10_000 }).toBe(to + 1);
  const plan = await lab.stack.call('stack_plan_rollback', { to }, { as: 'clerk' });
  expect(JSON.stringify(plan.structuredContent)).toContain('only an operator puts it back');
  const digest = /"digest":"([0-9a-f]+)"/.exec(JSON.stringify(plan.structuredContent))?.[1];
  const args = { to, digest };
  await lab.stack.call('stack_rollback', args, { as: 'clerk' });
  const { approvals } = lab.stack.stackward;
  for (const { id } of await approvals.list())
    await approvals.decide(id, { decision: 'approved', by: 'ann', reason: '' });
  const done = await lab.stack.call('stack_rollback', args, { as: 'clerk' });
  expect(done.isError).toBe(true);
  expect(await readFile(lab.stack.file, 'utf8')).toBe(edited);
});
