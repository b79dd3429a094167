import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { buildDist, EXTERNAL } from '../../scripts/dist.ts';
import { freePort } from '../../src/cli/demo/free-port.ts';
import { createKeys } from '../../src/store/keys.ts';
import { run } from '../cli/run.ts';
import { type RoundRobin, startRoundRobin } from './round-robin.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A superuser's way into a PostgreSQL. */
export interface Access {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export interface Replica {
  readonly port: number;
  readonly process: ChildProcess;
}

/** Real server processes on one database, behind a balancer. */
export interface Replicas {
  readonly balancer: RoundRobin;
  readonly running: readonly Replica[];
  readonly env: Readonly<Record<string, string>>;
  readonly topology: string;
  /** Ends a replica as a crash would, and starts another in its place. */
  crash(index: number): Promise<void>;
  /** What they said on standard error. */
  said(): string;
  close(): Promise<void>;
}

/** Starts them, and waits until each is ready. `topology` is written beside the data of each. */
export async function startReplicas(
  count: number,
  {
    store,
    schema,
    topology,
    env,
    args = [],
  }: {
    store: Access & { database: string };
    schema: string;
    topology: string;
    env: Record<string, string>;
    /** Further arguments of `serve`. */
    args?: readonly string[];
  },
): Promise<Replicas> {
  const folder = await mkdtemp(join(tmpdir(), 'stackward-replicas-'));
  const file = join(folder, 'topology.yaml');
  await writeFile(file, topology);
  createKeys(join(folder, 'keys'));
  // Inside the checkout, so that the drivers are found.
  const dist = join(ROOT, '.tmp', `replicas-${process.pid}-${schema}`);
  await mkdir(join(ROOT, '.tmp'), { recursive: true });
  await buildDist(dist, { external: EXTERNAL });
  const { user, password, port, database } = store;
  const all = {
    ...env,
    PATH: process.env.PATH ?? '',
    STACKWARD_DATABASE_URL: `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
    STACKWARD_DATABASE_SCHEMA: schema,
    STACKWARD_KEYS: join(folder, 'keys'),
    STACKWARD_TOPOLOGY: file,
  };
  const said: string[] = [];
  let serial = 0;
  const start = async (): Promise<Replica> => {
    const at = await freePort();
    serial += 1;
    const child = spawn(
      process.execPath,
      [join(dist, 'main.js'), 'serve', '--http', `${at}`, '--log-level', 'warn', ...args],
      {
        env: { ...all, STACKWARD_DATA: join(folder, `data-${serial}`) },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    child.stderr?.on('data', (chunk) => said.push(String(chunk)));
    await ready(at, child, said);
    return { port: at, process: child };
  };
  const running = await Promise.all(Array.from({ length: count }, start));
  const balancer = await startRoundRobin(running.map(({ port: at }) => at));
  return {
    balancer,
    running,
    env: all,
    topology: file,
    said: () => said.join(''),
    async crash(index) {
      const old = running[index];
      if (!old) throw new Error(`there is no replica ${index}`);
      old.process.kill('SIGKILL');
      // As a supervisor does: on a machine that is busy enough a start may fail, and says why.
      const fresh = await start().catch(start);
      running[index] = fresh;
      balancer.ports = running.map(({ port: at }) => at);
    },
    async close() {
      await balancer.close();
      await Promise.all(running.map(({ process: child }) => ended(child)));
      await rm(folder, { recursive: true, force: true });
      await rm(dist, { recursive: true, force: true });
    },
  };
}

/** A database of its own for a test, made anew. */
export async function makeDatabase(
  { port, user, password }: Access,
  name: string,
  ...statements: string[]
): Promise<pg.Client> {
  const admin = new pg.Client({ host: '127.0.0.1', port, user, password, database: 'postgres' });
  await admin.connect();
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`create database ${name}`);
  await admin.end();
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database: name });
  client.on('error', () => {});
  await client.connect();
  for (const statement of statements) await client.query(statement);
  return client;
}

/** A bearer token of a principal, which counts on every replica. */
export async function makeTokenFor(principal: string, { env }: Replicas): Promise<string> {
  const { out, err } = await run(['token', 'create', principal, '--json'], { ...env });
  if (!out) throw new Error(`no token was made: ${err}`);
  return (JSON.parse(out) as { token: string }).token;
}

async function ready(port: number, child: ChildProcess, said: readonly string[]): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`a replica did not become ready: ${said.join('')}`);
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
  });
