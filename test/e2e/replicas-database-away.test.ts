import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type EmbeddedServer, startEmbeddedPostgres } from '../../src/cli/demo/embedded-postgres.ts';
import { auditedCalls, verified } from '../harness/audited.ts';
import { makeDatabase, makeTokenFor, type Replicas, startReplicas } from '../harness/replicas.ts';
import { modernCall, send } from '../server/raw-http.ts';

const SHOP = 'away_shop';
const CALLERS = 16;
/** A call that takes longer hangs: the database is given up on long before. Milliseconds. */
const HUNG_MS = 15_000;

let dir: string;
let server: EmbeddedServer;
let shop: pg.Client;
let replicas: Replicas;
let load: ReturnType<typeof startLoad> | undefined;
/** Each caller is an agent of its own, since the rate of writes is bounded for each. */
const agents = Array.from({ length: CALLERS }, (_, at) => `agent-${at}`);
let tokens: readonly string[];
beforeEach(async () => {
  const access = inject('postgres');
  dir = await mkdtemp(join(tmpdir(), 'stackward-away-'));
  server = await startEmbeddedPostgres({ dir });
  shop = await makeDatabase(access, SHOP, 'create table notes (id int primary key, text text not null)');
  replicas = await startReplicas(2, {
    store: { ...server, database: 'postgres' },
    schema: 'stackward',
    topology: `stack: shop
components:
  db:
    type: postgresql
    host: 127.0.0.1
    port: ${access.port}
    credentials: {user: {env: DB_USER}, password: {env: DB_PASSWORD}}
    databases: {${SHOP}: {}}
${agents.map((name) => `  ${name}: {type: agent}\n`).join('')}links:
${agents.map((name) => `  - {from: ${name}, to: db, type: queries}\n`).join('')}`,
    env: { DB_USER: access.user, DB_PASSWORD: access.password, MCP_DB_WRITE_ACCESS: 'true' },
  });
  tokens = await Promise.all(agents.map((name) => makeTokenFor(name, replicas)));
}, 120_000);
afterEach(async () => {
  // A test that failed may have left it standing still, and then it could not be stopped.
  if (existsSync(pidFile())) signalAll('SIGCONT');
  await load?.stop();
  await replicas?.close();
  await shop?.end();
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Answered {
  /** The row of a write. */
  readonly id?: number;
  readonly outcome: 'done' | 'refused' | 'unknown' | 'hung' | 'unanswered';
  readonly code?: string;
  /** What an answer that is none of ours says. */
  readonly text?: string;
}

async function ask(url: string, token = '', id?: number): Promise<Answered> {
  const [tool, sql] =
    id === undefined
      ? ['pg_query', 'select count(*) from notes']
      : ['pg_execute', `insert into notes (id, text) values (${id}, 'n')`];
  const signal = AbortSignal.timeout(HUNG_MS);
  const write = id === undefined ? {} : { id };
  try {
    const { status, json, text } = await modernCall(url, tool ?? '', { sql }, { signal, token });
    if (status === 503 && json?.error) return { ...write, outcome: 'refused', code: 'unsure' };
    if (!json?.result) return { ...write, outcome: 'unanswered', text: `${status} ${text}` };
    const code = json.result._meta?.['stackward.dev/error']?.code;
    if (code === 'outcome_unknown') return { ...write, outcome: 'unknown', code };
    return json.result.isError ? { ...write, outcome: 'refused', code } : { ...write, outcome: 'done' };
  } catch (error) {
    return { ...write, outcome: signal.aborted ? 'hung' : 'unanswered', text: String(error) };
  }
}

/** Sixteen callers, each of which reads seven times and writes once, again and again. */
function startLoad() {
  const answered: (Answered & { readonly began: number })[] = [];
  let isOver = false;
  let next = 0;
  const caller = async (at: number) => {
    for (let turn = at; !isOver; turn += 1) {
      next += 1;
      const began = performance.now();
      const answer = await ask(replicas.balancer.url, tokens[at], turn % 8 === 0 ? next : undefined);
      answered.push({ ...answer, began });
      // As a client would that was refused.
      if (answer.outcome !== 'done') await sleep(50);
    }
  };
  const callers = Array.from({ length: CALLERS }, (_, at) => caller(at));
  return {
    answered,
    async stop() {
      isOver = true;
      await Promise.all(callers);
    },
  };
}

const pidFile = () => join(dir, 'pgdata', 'postmaster.pid');
const postmaster = () => Number(readFileSync(pidFile(), 'utf8').split('\n')[0]);
const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).map(Number);
const signalAll = (signal: NodeJS.Signals) => {
  const pid = postmaster();
  for (const one of [pid, ...childrenOf(pid)]) process.kill(one, signal);
};
/** Starts it on its data again, as soon as what is left of it is gone. */
async function startAgain() {
  for (let attempt = 0; ; attempt += 1) {
    try {
      server = await startEmbeddedPostgres({ dir, again: server });
      return;
    } catch (error) {
      if (attempt === 50) throw error;
      await sleep(200);
    }
  }
}

const WAYS = [
  ['is stopped at once', () => process.kill(postmaster(), 'SIGQUIT'), startAgain],
  ['is killed', () => process.kill(postmaster(), 'SIGKILL'), startAgain],
  // Nothing refuses a connection then, and nothing answers.
  ['stands still', () => signalAll('SIGSTOP'), async () => signalAll('SIGCONT')],
] as const;

const ready = () =>
  Promise.all(
    replicas.running.map(async ({ port }) => {
      const { status, json } = await send(`http://127.0.0.1:${port}/readyz`, { method: 'GET' });
      return { status, says: typeof json?.reason === 'string' && json.reason !== '' };
    }),
  );

test.each(WAYS)(
  'the database %s under load: nothing hangs, nothing is done unrecorded, and all recovers by itself',
  {
    timeout: 240_000,
  },
  async (_way, stop, start) => {
    load = startLoad();
    const { answered } = load;
    const done = () => answered.filter(({ outcome }) => outcome === 'done').length;
    await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(200);
    stop();
    await expect.poll(ready, { timeout: 10_000 }).toEqual([
      { status: 503, says: true },
      { status: 503, says: true },
    ]);
    const rows = async () => (await shop.query('select id from notes')).rows.map(({ id }) => id as number);
    const before = await rows();
    // What began before may be answered late, and then a write's outcome is not known.
    const red = performance.now();
    const since = () => answered.filter(({ began }) => began > red);
    await expect.poll(() => since().length, { timeout: 60_000 }).toBeGreaterThan(100);
    const meanwhile = since();
    expect(new Set(meanwhile.map(({ outcome }) => outcome))).toEqual(new Set(['refused']));
    // The tokens cannot be looked up either, as soon as what was last read of them is too old.
    for (const { code } of meanwhile) expect(['audit_unavailable', 'unsure']).toContain(code);
    expect(await rows()).toEqual(before);

    await start();
    await expect.poll(ready, { timeout: 60_000 }).toMatchObject([{ status: 200 }, { status: 200 }]);
    const then = done();
    await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(then + 200);
    for (const { port } of replicas.running)
      expect(await ask(`http://127.0.0.1:${port}`, tokens[0], 1_000_000 + port)).toMatchObject({
        outcome: 'done',
      });
    await load.stop();

    const odd = answered.filter(({ outcome }) => outcome === 'hung' || outcome === 'unanswered');
    expect(odd).toEqual([]);
    const written = new Set(await rows());
    const wrong = answered.filter(
      ({ id, outcome }) =>
        id !== undefined &&
        ((outcome === 'done' && !written.has(id)) || (outcome === 'refused' && written.has(id))),
    );
    expect(wrong).toEqual([]);
    await expect
      .poll(() => verified(replicas.env), { timeout: 60_000, interval: 1_000 })
      .toEqual({ ok: true, open: 0 });

    const calls = [...(await auditedCalls(replicas.env)).values()];
    expect(calls.filter(({ intents, ends }) => intents !== 1 || ends !== 1)).toEqual([]);
    // Every row is of a call whose intent was durable before.
    const intended = new Set(calls.map(({ args }) => Number(/values \((\d+)/.exec(args)?.[1])));
    expect([...written].filter((id) => !intended.has(id))).toEqual([]);
  },
);
