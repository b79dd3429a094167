import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { STACK_PRINCIPAL } from '../../src/toolset/reach.ts';
import { reportOf } from '../../src/versions/report.ts';
import { openStack, type TestStack } from '../harness/stack.ts';

const DATABASE = 'versions_shop';
const PREFIX = `versions-${randomBytes(4).toString('hex')}:`;
const redis = inject('redis');

let stack: TestStack;
const sql = async (text: string, database = DATABASE) => {
  const { port, user, password } = inject('postgres');
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
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
const write = async (tool: string, args: Record<string, unknown>) => {
  const answer = await stack.call(tool, args);
  expect(answer.isError, JSON.stringify(answer.content)).toBe(false);
};

beforeAll(async () => {
  await sql(`drop database if exists ${DATABASE} with (force)`, 'postgres');
  await sql(`create database ${DATABASE}`, 'postgres');
  await sql('create table orders (id int primary key, status text)');
  await sql("insert into orders values (1, 'open'), (2, 'open'), (3, 'open')");
  const { port, user, password } = inject('postgres');
  stack = await openStack({
    topology: `stack: shop
components:
  app: {type: application}
  db: {type: postgresql, host: 127.0.0.1, port: ${port}, credentials: {user: {env: U}, password: {env: P}}, databases: {${DATABASE}: {}}}
  cache: {type: redis, host: 127.0.0.1, port: ${redis?.port ?? 1}, credentials: {password: {env: R}}, prefixes: {own: {match: '${PREFIX}'}}}
links:
  - {from: app, to: db, type: queries}
  - {from: app, to: cache, type: uses}
`,
    env: {
      U: user,
      P: password,
      R: redis?.password ?? 'none',
      MCP_DB_WRITE_ACCESS: 'true',
      MCP_CACHE_WRITE_ACCESS: 'true',
    },
  });
});
afterAll(async () => {
  await stack.close();
  await sql(`drop database if exists ${DATABASE} with (force)`, 'postgres');
});

test.skipIf(!redis)(
  'a stack on a real PostgreSQL and a real Redis goes back, forth and back, read back each time',
  async () => {
    const { history } = stack.stackward;
    const rollBack = async (to: number) => {
      const { digest } = await history.plan(STACK_PRINCIPAL, to);
      const run = { principal: STACK_PRINCIPAL, by: 'test', signal: new AbortController().signal };
      return reportOf(await history.rollbacks.begin({ to, digest }, run));
    };
    const rows = () => sql('select * from orders order by id');
    const key = () => inRedis((client) => client.get(`${PREFIX}cart`));
    await inRedis((client) => client.set(`${PREFIX}cart`, 'old'));

    const start = history.versions.version();
    const before = await rows();
    await write('pg_execute', { sql: "update orders set status = 'paid' where id in (1, 2)" });
    await write('pg_execute', { sql: 'delete from orders where id = 3' });
    await write('pg_execute', { sql: "insert into orders (id, status) values (9, 'new')" });
    await write('redis_set', { key: `${PREFIX}cart`, value: 'new' });
    const full = history.versions.version();
    const after = await rows();
    expect(after).not.toEqual(before);

    const back = await rollBack(start);
    expect(await rows()).toEqual(before);
    expect(await key()).toBe('old');
    expect(back.results.map(({ result }) => result)).toEqual([
      'restored',
      'restored',
      'restored',
      'restored',
    ]);
    expect(back.at_target).toBe(true);

    await rollBack(full);
    expect(await rows()).toEqual(after);
    expect(await key()).toBe('new');

    await sql("update orders set status = 'by hand' where id = 1");
    const conflict = await rollBack(start);
    expect(conflict.at_target).toBe(false);
    expect(conflict.results.some(({ result }) => result === 'failed')).toBe(true);
    expect((await rows()).find(({ id }) => id === 1)).toEqual({ id: 1, status: 'by hand' });
  },
);
