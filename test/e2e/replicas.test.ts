import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { run } from '../cli/run.ts';
import { verified } from '../harness/audited.ts';
import { makeDatabase, type Replicas, startReplicas } from '../harness/replicas.ts';
import { modernCall, send } from '../server/raw-http.ts';

const SHOP = 'replicas_shop';
const STORE = 'replicas_store';
const CALLS = Number(process.env.REPLICA_CALLS ?? 1_200);
const CALLERS = 16;

const topologyOf = () => `stack: shop
components:
  app: {type: application}
  db:
    type: postgresql
    host: 127.0.0.1
    port: ${inject('postgres').port}
    credentials: {user: {env: DB_USER}, password: {env: DB_PASSWORD}}
    databases: {${SHOP}: {}}
links:
  - {from: app, to: db, type: queries}
`;

let shop: pg.Client;
let store: pg.Client;
let replicas: Replicas;
beforeAll(async () => {
  const access = inject('postgres');
  shop = await makeDatabase(access, SHOP, 'create table notes (id int primary key, text text not null)');
  store = await makeDatabase(access, STORE);
  replicas = await startReplicas(3, {
    store: { ...access, database: STORE },
    schema: 'stackward',
    topology: topologyOf(),
    env: { DB_USER: access.user, DB_PASSWORD: access.password, MCP_DB_WRITE_ACCESS: 'true' },
  });
}, 180_000);
afterAll(async () => {
  await replicas?.close();
  await shop?.end();
  await store?.end();
});

const insert = (url: string, id: number) =>
  modernCall(url, 'pg_execute', { sql: `insert into notes (id, text) values (${id}, 'n')` });
const read = (url: string) => modernCall(url, 'pg_query', { sql: 'select 1' });

/** How one call ended, as its caller knows. */
async function outcomeOf(call: ReturnType<typeof modernCall>): Promise<'done' | 'refused' | 'unknown'> {
  try {
    const result = (await call).json?.result;
    if (result === undefined || result._meta?.['stackward.dev/error']?.code === 'outcome_unknown')
      return 'unknown';
    return result.isError ? 'refused' : 'done';
  } catch {
    return 'unknown';
  }
}

test('the kill switch on one replica stops the next write on every other', { timeout: 120_000 }, async () => {
  const thrown = await run(['kill-switch', 'on', '--reason', 'drill'], { ...replicas.env });
  expect([thrown.code, thrown.err]).toEqual([0, '']);
  for (const [index, { port }] of replicas.running.entries())
    expect(await outcomeOf(insert(`http://127.0.0.1:${port}`, 900_000 + index))).toBe('refused');
  await run(['kill-switch', 'off', '--reason', 'drill over'], { ...replicas.env });
  expect(await outcomeOf(insert(replicas.balancer.url, 900_010))).toBe('done');
  const { rows } = await shop.query('select id from notes where id between 900000 and 900009');
  expect(rows).toEqual([]);
});

test('replicas that are killed again and again lose no record and write nothing twice', {
  timeout: 600_000,
}, async () => {
  const outcomes = new Map<number, string>();
  const reads: string[] = [];
  let next = 0;
  let isOver = false;
  const caller = async () => {
    while (next < CALLS) {
      const id = next++;
      if (id % 15 === 0) outcomes.set(id, await outcomeOf(insert(replicas.balancer.url, id)));
      else reads.push(await outcomeOf(read(replicas.balancer.url)));
    }
  };
  const killer = async () => {
    let kills = 0;
    while (!isOver) {
      await replicas.crash(randomInt(replicas.running.length));
      kills += 1;
    }
    return kills;
  };
  const killing = killer();
  await Promise.all(Array.from({ length: CALLERS }, caller));
  isOver = true;
  const kills = await killing;
  expect(kills).toBeGreaterThan(1);
  expect(reads.filter((one) => one === 'done').length).toBeGreaterThan(CALLS / 3);

  const { rows } = await shop.query<{ id: number }>('select id from notes');
  const written = new Set(rows.map(({ id }) => id));
  const wrong = [...outcomes].filter(
    ([id, outcome]) => (outcome === 'done' && !written.has(id)) || (outcome === 'refused' && written.has(id)),
  );
  expect(wrong).toEqual([]);

  // The chains of the dead are mended by the living: then every intent has exactly one end.
  await expect
    .poll(() => verified(replicas.env), { timeout: 180_000, interval: 2_000 })
    .toEqual({ ok: true, open: 0 });
});

test('a link that is removed is honoured by no replica, and by no write from the edit on', {
  timeout: 120_000,
}, async () => {
  const urls = replicas.running.map(({ port }) => `http://127.0.0.1:${port}`);
  const linked = topologyOf();
  // Each follows the same file, and whichever sees it first puts it in force for all.
  await writeFile(replicas.topology, linked.slice(0, linked.indexOf('links:')));
  const edits = async () => JSON.parse((await run(['topology', 'list', '--json'], { ...replicas.env })).out);
  await expect.poll(async () => (await edits()).length, { timeout: 20_000 }).toBe(2);
  const tried = await Promise.all(urls.map((url, index) => outcomeOf(insert(url, 950_000 + index))));
  expect(tried.filter((one) => one === 'done')).toEqual([]);
  expect((await shop.query('select id from notes where id >= 950000')).rows).toEqual([]);
  for (const url of urls)
    await expect.poll(async () => (await read(url)).text, { timeout: 20_000 }).toContain('unknown_tool');
  await writeFile(replicas.topology, linked);
  for (const url of urls) await expect.poll(() => outcomeOf(read(url)), { timeout: 20_000 }).toBe('done');
});

test('a token that is made or revoked anywhere counts on every replica', { timeout: 120_000 }, async () => {
  const made = await run(['token', 'create', 'stack', '--json'], { ...replicas.env });
  expect([made.code, made.err]).toEqual([0, '']);
  const { id, token } = JSON.parse(made.out) as { id: string; token: string };
  const statuses = (headers: Record<string, string>) =>
    Promise.all(
      replicas.running.map(
        async ({ port }) =>
          (await send(`http://127.0.0.1:${port}/metrics`, { method: 'GET', headers })).status,
      ),
    );
  const bearer = { authorization: `Bearer ${token}` };
  await expect.poll(() => statuses({})).toEqual([401, 401, 401]);
  expect(await statuses(bearer)).toEqual([200, 200, 200]);
  await run(['token', 'revoke', id], { ...replicas.env });
  // No replica honours it for longer than one look at the store.
  await expect.poll(() => statuses(bearer)).toEqual([401, 401, 401]);
});
