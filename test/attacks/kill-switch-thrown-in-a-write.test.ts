import type pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { makeDatabase } from '../harness/replicas.ts';
import { openStack } from '../harness/stack.ts';
import { openCluster } from '../triage/cluster.ts';

const WHO = { by: 'ann', reason: 'an incident' };

/** The flaw: the switch is looked at before a write begins, and what the write does first takes its time. */
test('thrown while a cluster tries a change, the change is not made', async () => {
  const cluster = await openCluster({ requires: false });
  onTestFinished(() => cluster.close());
  const { twin, stack } = cluster;
  let thrown: Promise<unknown> = Promise.resolve();
  twin.meanwhile(() => {
    thrown = stack.stackward.killSwitch.set(true, WHO);
  });
  const answer = await stack.call('k8s_scale', { target: 'orders-api', replicas: 3, from: 2 });
  await thrown;
  expect(JSON.stringify(answer.content)).toContain('ann stopped all writes');
  expect(twin.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  expect(cluster.writes()).toEqual([]);
});

const DATABASE = 'switch_in_a_write';

test('thrown while a statement waits for a lock, it is not committed', async () => {
  const access = inject('postgres');
  const client = await makeDatabase(access, DATABASE, 'create table notes (id int primary key, text text)');
  onTestFinished(() => client.end());
  const stack = await openStack({
    topology: `stack: shop
components:
  app: {type: application}
  db: {type: postgresql, host: 127.0.0.1, port: ${access.port}, credentials: {user: {env: U}, password: {env: P}}, databases: {${DATABASE}: {}}}
links:
  - {from: app, to: db, type: queries}
`,
    env: { U: access.user, P: access.password, MCP_DB_WRITE_ACCESS: 'true' },
  });
  onTestFinished(() => stack.close());
  // Somebody else is about to insert the same key, so the statement waits for his end.
  await client.query('begin');
  await client.query(`insert into notes values (1, 'his')`);
  const write = stack.call('pg_execute', { sql: `insert into notes (id, text) values (1, 'ours')` });
  await expect.poll(() => waiting(client)).toBe(1);
  await stack.stackward.killSwitch.set(true, WHO);
  await client.query('rollback');
  expect(JSON.stringify((await write).content)).toContain('ann stopped all writes');
  expect((await client.query('select from notes')).rowCount).toBe(0);
});

/** How many wait for the connection's own transaction. */
async function waiting(client: pg.Client): Promise<number> {
  const { rowCount } = await client.query(
    'select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))',
  );
  return rowCount ?? 0;
}
