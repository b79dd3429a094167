import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { auditedCalls, verified } from '../harness/audited.ts';
import { makeDatabase, makeTokenFor, type Replicas, startReplicas } from '../harness/replicas.ts';
import { modernCall } from '../server/raw-http.ts';
import type { Lab } from './lab.ts';
import type { Bench } from './part.ts';

const CALLS = Number(process.env.BENCH_LOSS_CALLS ?? 10_000);
const REPLICAS = 3;
const CALLERS = 16;
/** Two a caller: the rate of writes is bounded for each. */
const AGENTS = Array.from({ length: 2 * CALLERS }, (_, at) => `agent-${at}`);
/** Every tenth call writes. */
const WRITES_EVERY = 10;
const STORE = 'bench_losses_store';
const SHOP = 'bench_losses_shop';

/** What became of calls while one of the replicas was killed every second; all but `kills` and `seconds` are calls. */
export interface Losses {
  readonly calls: number;
  readonly writes: number;
  readonly replicas: number;
  readonly kills: number;
  readonly seconds: number;
  readonly done: number;
  /** Refused or failed, and told so by the server. */
  readonly refused: number;
  /** Told that nobody knows. */
  readonly unknown: number;
  /** The connection broke: the caller knows that he knows nothing. */
  readonly broken: number;
  /** Calls that were told to be recorded, and that the audit does not hold. */
  readonly records_lost: number;
  readonly intents: number;
  readonly intents_without_one_end: number;
  readonly written_twice: number;
  /** Told as done, and not there; or told as refused, and there. */
  readonly told_wrongly: number;
  /** Rows whose call has no intent. */
  readonly written_unrecorded: number;
  readonly audit_ok: boolean;
}

interface Told {
  readonly outcome: 'done' | 'refused' | 'unknown' | 'broken';
  /** The call's id in the audit, where the server said that it is recorded; what an audit that is away refuses is not. */
  readonly call?: string;
  /** What a write put. */
  readonly id?: number;
}

export async function benchLosses({ say, progress, lab }: Bench): Promise<Losses> {
  const { admin } = await lab();
  const shop = await makeDatabase(
    admin,
    SHOP,
    'create table notes (key bigint generated always as identity primary key, id int not null)',
  );
  const store = await makeDatabase(admin, STORE);
  const replicas = await startReplicas(REPLICAS, {
    store: { ...admin, database: STORE },
    schema: 'stackward',
    topology: topologyOf(admin.port),
    env: { DB_USER: admin.user, DB_PASSWORD: admin.password, MCP_DB_WRITE_ACCESS: 'true' },
  });
  try {
    const run = await callWhileKilling(replicas, progress);
    progress('the living mend what the dead left');
    const losses = { ...run.figures, ...(await lookAt(run.told, replicas, shop)) };
    for (const [name, value] of Object.entries(losses)) say(`${name}: ${value}`);
    return losses;
  } finally {
    await replicas.close();
    await shop.end();
    await store.end();
  }
}

async function callWhileKilling(replicas: Replicas, progress: Bench['progress']) {
  const tokens: string[] = [];
  for (const name of AGENTS) tokens.push(await makeTokenFor(name, replicas));
  const told: Told[] = [];
  const began = performance.now();
  let next = 0;
  let isOver = false;
  let kills = 0;
  const caller = async (at: number) => {
    while (next < CALLS) {
      const id = next++;
      const token = tokens[at + (id % 2) * CALLERS] ?? '';
      told.push(await ask(replicas.balancer.url, token, id % WRITES_EVERY === 0 ? id : undefined));
      if (told.length % 100 === 0) progress(`${told.length} of ${CALLS} calls, ${kills} kills`);
    }
  };
  const killer = async () => {
    while (!isOver) {
      const second = sleep(1_000);
      kills += 1;
      await replicas.crash(randomInt(REPLICAS));
      await second;
    }
  };
  const killing = killer();
  // Whatever comes of it is looked at once the callers are through.
  killing.catch(() => {});
  await Promise.all(Array.from({ length: CALLERS }, (_, at) => caller(at)));
  const seconds = Math.round((performance.now() - began) / 1000);
  isOver = true;
  await killing;
  const count = (outcome: Told['outcome']) => told.filter((one) => one.outcome === outcome).length;
  return {
    told,
    figures: {
      ...{ calls: told.length, writes: told.filter(({ id }) => id !== undefined).length },
      ...{ replicas: REPLICAS, kills, seconds },
      ...{
        done: count('done'),
        refused: count('refused'),
        unknown: count('unknown'),
        broken: count('broken'),
      },
    },
  };
}

async function ask(url: string, token: string, id: number | undefined): Promise<Told> {
  const write = id === undefined ? {} : { id };
  try {
    const { json } =
      id === undefined
        ? await modernCall(url, 'pg_query', { sql: 'select 1' }, { token })
        : await modernCall(url, 'pg_execute', { sql: `insert into notes (id) values (${id})` }, { token });
    if (!json?.result) return { ...write, outcome: json?.error ? 'refused' : 'broken' };
    const { isError, _meta } = json.result;
    const call = _meta?.['stackward.dev/call'];
    const outcome = call?.outcome === 'outcome_unknown' ? 'unknown' : isError ? 'refused' : 'done';
    const isRecorded = outcome === 'done' || call?.seq !== undefined;
    return { ...write, outcome, ...(isRecorded ? { call: call?.call ?? 'unnamed' } : {}) };
  } catch {
    return { ...write, outcome: 'broken' };
  }
}

/** What the audit and the database say of it, once every chain of a dead replica was mended. */
async function lookAt(told: readonly Told[], { env }: Replicas, shop: pg.Client) {
  let sound = await verified(env);
  for (let attempt = 0; attempt < 60 && !(sound.ok && sound.open === 0); attempt += 1) {
    await sleep(2_000);
    sound = await verified(env);
  }
  const calls = await auditedCalls(env);
  const { rows } = await shop.query<{ id: number }>('select id from notes');
  const written = new Set(rows.map(({ id }) => id));
  const intended = new Set([...calls.values()].map(({ args }) => Number(/values \((\d+)\)/.exec(args)?.[1])));
  const isWrong = ({ id, outcome }: Told) =>
    id !== undefined &&
    ((outcome === 'done' && !written.has(id)) || (outcome === 'refused' && written.has(id)));
  return {
    records_lost: told.filter(({ call }) => call !== undefined && !calls.has(call)).length,
    intents: calls.size,
    intents_without_one_end: [...calls.values()].filter(({ intents, ends }) => intents !== 1 || ends !== 1)
      .length,
    written_twice: rows.length - written.size,
    told_wrongly: told.filter(isWrong).length,
    written_unrecorded: [...written].filter((id) => !intended.has(id)).length,
    audit_ok: sound.ok,
  };
}

const topologyOf = (port: Lab['admin']['port']) => `stack: bench
components:
  db:
    type: postgresql
    host: 127.0.0.1
    port: ${port}
    credentials: {user: {env: DB_USER}, password: {env: DB_PASSWORD}}
    databases: {${SHOP}: {}}
${AGENTS.map((name) => `  ${name}: {type: agent}\n`).join('')}links:
${AGENTS.map((name) => `  - {from: ${name}, to: db, type: queries}\n`).join('')}`;
