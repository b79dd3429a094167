import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { openStack, type TestStack } from '../harness/stack.ts';

const NAME = `precheck_${randomBytes(4).toString('hex')}`;
const ROLE = `writer_${randomBytes(4).toString('hex')}`;
const PASSWORD = randomBytes(9).toString('hex');
const redis = inject('redis');

const sql = async (text: string, database = NAME) => {
  const { port, user, password } = inject('postgres');
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};
const inRedis = async <T>(work: (client: ReturnType<typeof createClient>) => Promise<T>): Promise<T> => {
  const client = createClient({ url: `redis://:${redis?.password}@127.0.0.1:${redis?.port}` });
  await client.connect();
  try {
    return await work(client as ReturnType<typeof createClient>);
  } finally {
    await client.close();
  }
};

let stack: TestStack;
const write = async (tool: string, args: Record<string, unknown>) => {
  const answer = await stack.call(tool, args);
  expect(answer.isError, JSON.stringify(answer.content)).toBe(false);
};
const now = () => stack.stackward.history.versions.version();
const obstacles = async (to: number) => (await stack.stackward.history.plan('stack', to)).obstacles;

beforeAll(async () => {
  const { port } = inject('postgres');
  await sql(`create database ${NAME}`, 'postgres');
  await sql(`create role ${ROLE} login password '${PASSWORD}'`, 'postgres');
  if (redis)
    await inRedis((client) =>
      client.sendCommand(['ACL', 'SETUSER', ROLE, 'on', `>${PASSWORD}`, `~${NAME}:*`, '+@all']),
    );
  stack = await openStack({
    topology: `stack: shop
components:
  app: {type: application}
  db: {type: postgresql, host: 127.0.0.1, port: ${port}, credentials: {user: {env: U}, password: {env: P}}, databases: {${NAME}: {}}}
  cache: {type: redis, host: 127.0.0.1, port: ${redis?.port ?? 1}, credentials: {user: ${ROLE}, password: {env: P}}, prefixes: {own: {match: '${NAME}:'}}}
links:
  - {from: app, to: db, type: queries}
  - {from: app, to: cache, type: uses}
`,
    env: { U: ROLE, P: PASSWORD, MCP_DB_WRITE_ACCESS: 'true', MCP_CACHE_WRITE_ACCESS: 'true' },
  });
});
afterAll(async () => {
  await stack.close();
  await sql(`drop database ${NAME} with (force)`, 'postgres');
  await sql(`drop role ${ROLE}`, 'postgres');
  if (redis) await inRedis((client) => client.sendCommand(['ACL', 'DELUSER', ROLE]));
});
beforeEach(async () => {
  await sql('drop table if exists orders');
  await sql('create table orders (id int primary key, status text)');
  await sql("insert into orders values (1, 'open'), (2, 'open')");
  await sql(`grant usage on schema public to ${ROLE}`);
  await sql(`grant all on orders to ${ROLE}`);
});
const rows = () => sql('select * from orders order by id');

test('a way back in PostgreSQL is tried in a transaction that is rolled back', async () => {
  const at = now();
  await write('pg_execute', { sql: 'delete from orders where id = 1' });
  await write('pg_execute', { sql: "update orders set status = 'paid' where id = 2" });
  const before = await rows();
  expect(await obstacles(at)).toEqual([]);
  expect(await rows()).toEqual(before);
  await sql('delete from orders where id = 2');
  expect(await obstacles(at)).toEqual([expect.stringContaining('no longer as the write left them: id=2')]);
});

test('a right that was taken is found before anything is changed, also of a step that comes later', async () => {
  const at = now();
  await write('pg_execute', { sql: 'delete from orders where id = 1' });
  await write('pg_execute', { sql: "update orders set status = 'paid' where id = 2" });
  await sql(`revoke insert on orders from ${ROLE}`);
  const before = await rows();
  expect(await obstacles(at)).toEqual([expect.stringMatching(/^version \d+: the role may not INSERT on/)]);
  expect(await rows()).toEqual(before);
});

test.each([
  ['a column that went', 'alter table orders drop column status', 'are gone since the write: status'],
  ['a column that came', 'alter table orders add column note text', 'came since the write: note'],
  ['a table that went', 'drop table orders', 'is not there any more'],
  ['a trigger that came', withTrigger(), 'has triggers'],
])('%s is found before anything is changed', async (_what, change, said) => {
  const at = now();
  await write('pg_execute', { sql: "update orders set status = 'paid' where id = 2" });
  await sql(change);
  expect(await obstacles(at)).toEqual([expect.stringContaining(said)]);
});

function withTrigger() {
  return `create or replace function noop() returns trigger language plpgsql as 'begin return new; end';
          create trigger t before update on orders for each row execute function noop()`;
}

test.skipIf(!redis)('a command that the ACL takes is found, and nothing is written to find it', async () => {
  const key = `${NAME}:cart`;
  await inRedis((client) => client.set(key, 'old'));
  const at = now();
  await write('redis_set', { key, value: 'new' });
  expect(await obstacles(at)).toEqual([]);
  expect(await inRedis((client) => client.get(key))).toBe('new');
  await inRedis((client) => client.sendCommand(['ACL', 'SETUSER', ROLE, '-restore']));
  expect(await obstacles(at)).toEqual([
    expect.stringMatching(/^version \d+: RESTORE: the server’s ACL denies it/),
  ]);
  expect(await inRedis((client) => client.get(key))).toBe('new');
});
