import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/cli/demo/embedded-postgres.ts';
import { freePort } from '../../src/cli/demo/free-port.ts';
import type { Access } from '../harness/replicas.ts';

/**
 * Node's fetch keeps a listener on its signal until the answer is collected, and a client has one signal for all of
 * its requests: thousands of calls a second would warn as often.
 */
export const fetchWithoutSignal = (url: string | URL, init?: RequestInit): Promise<Response> =>
  fetch(url, { ...init, signal: null });

export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
export const BARE = fileURLToPath(new URL('bare-server.mjs', import.meta.url));

/** A database whose tables answer after a set time, and both servers on it: ours, built, and the bare one. */
export interface Lab {
  /** A superuser's way into its PostgreSQL. */
  readonly admin: Access;
  readonly topology: string;
  readonly env: Readonly<Record<string, string>>;
  stdio(which: 'ours' | 'bare'): Promise<Client>;
  http(which: 'ours' | 'bare'): Promise<Client>;
  close(): Promise<void>;
}

/** Tables `after_0`, `after_5`, `after_20`: one row each, that many milliseconds after it was asked for. */
export const BACKEND_MS = [0, 5, 20] as const;

export async function openLab(): Promise<Lab> {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-bench-'));
  const server = await startEmbeddedPostgres({ dir });
  const { port, password } = server;
  await prepare({ host: '127.0.0.1', port, user: 'postgres', password });
  const topology = join(dir, 'bench.yaml');
  await writeFile(
    topology,
    `stack: bench
components:
  app: {type: application}
  db: {type: postgresql, host: 127.0.0.1, port: ${port}, credentials: {user: {env: BENCH_USER}, password: {env: BENCH_PASSWORD}}, databases: {bench: {}}}
links:
  - {from: app, to: db, type: queries}
`,
  );
  const connection = {
    host: '127.0.0.1',
    port,
    user: 'bench',
    password: 'bench-password',
    database: 'bench',
  };
  const env = {
    PATH: process.env.PATH ?? '',
    BENCH_USER: 'bench',
    BENCH_PASSWORD: 'bench-password',
    BARE_PG: JSON.stringify(connection),
  };
  const children: ChildProcess[] = [];
  const clients: Client[] = [];
  const argsOf = { ours: [MAIN, 'serve', '--topology', topology, '--log-level', 'error'], bare: [BARE] };
  const join_ = async (client: Client, transport: Parameters<Client['connect']>[0]) => {
    await client.connect(transport);
    clients.push(client);
    return client;
  };
  const newClient = () =>
    new Client({ name: 'bench', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  return {
    admin: { port, user: 'postgres', password },
    topology,
    env,
    stdio: (which) =>
      join_(
        newClient(),
        new StdioClientTransport({ command: process.execPath, args: argsOf[which], env: { ...env } }),
      ),
    async http(which) {
      const httpPort = await freePort();
      const args = which === 'ours' ? [...argsOf.ours, '--http', `${httpPort}`] : [BARE, `${httpPort}`];
      children.push(spawn(process.execPath, args, { env, stdio: 'ignore' }));
      const url = new URL(`http://127.0.0.1:${httpPort}/mcp`);
      for (let attempt = 0; ; attempt++) {
        try {
          return await join_(
            newClient(),
            new StreamableHTTPClientTransport(url, { fetch: fetchWithoutSignal }),
          );
        } catch (error) {
          if (attempt === 100) throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      for (const child of children) child.kill('SIGTERM');
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function prepare(admin: { host: string; port: number; user: string; password: string }): Promise<void> {
  const run = async (database: string, statements: readonly string[]) => {
    const client = new pg.Client({ ...admin, database });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  await run('postgres', ["create role bench login password 'bench-password'", 'create database bench']);
  await run('bench', [
    'create table numbers as select n from generate_series(1, 100) n',
    ...BACKEND_MS.flatMap((ms) => [
      `create table after_${ms} as select 1 as one`,
      // A row security policy is where an owner may spend time that no query asks for.
      ...(ms > 0
        ? [
            `alter table after_${ms} enable row level security`,
            `create policy slow on after_${ms} using (pg_sleep(${ms / 1000})::text is not null)`,
          ]
        : []),
    ]),
    'grant select on all tables in schema public to bench',
  ]);
}
