import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { openFileBook } from '../../src/audit/file-book.ts';
import { readRecords } from '../../src/audit/read.ts';
import type { StoredRecord } from '../../src/audit/record.ts';
import { verifyAudit } from '../../src/audit/verify.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const CALLERS = 64;
const ROUNDS = 3;
const DATABASE = 'kill_nine';

let dir: string;
const admin = async (database: string, ...statements: string[]) => {
  const { port, user, password } = inject('postgres');
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  } finally {
    await client.end();
  }
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'stackward-kill-'));
  await admin('postgres', `drop database if exists ${DATABASE} with (force)`, `create database ${DATABASE}`);
  await admin(DATABASE, 'create table notes (id int primary key, text text not null)');
  await writeFile(
    join(dir, 'topology.yaml'),
    `stack: killed
components:
  app: {type: application}
  db:
    type: postgresql
    host: 127.0.0.1
    port: ${inject('postgres').port}
    credentials: {user: {env: DB_USER}, password: {env: DB_PASSWORD}}
    databases: {${DATABASE}: {}}
links:
  - {from: app, to: db, type: queries}
`,
  );
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A real server process and a real client of it. */
async function connect() {
  const { user, password } = inject('postgres');
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [
      '--import',
      'tsx',
      MAIN,
      'serve',
      '--topology',
      join(dir, 'topology.yaml'),
      '--log-level',
      'silent',
    ],
    env: {
      PATH: process.env.PATH ?? '',
      DB_USER: user,
      DB_PASSWORD: password,
      MCP_DB_WRITE_ACCESS: 'true',
    },
  });
  const client = new Client({ name: 'killer', version: '1' });
  await client.connect(transport);
  if (transport.pid === null) throw new Error('the server has no process');
  return { client, pid: transport.pid };
}

const CallMeta = z.object({ call: z.string(), outcome: z.string() });

interface Answered {
  readonly call: string;
  readonly outcome: string;
  /** The row that a write put, if it was one that ended well. */
  readonly wrote?: number;
}

/** Calls without a pause until the server is gone; every answer that arrived is kept. */
async function load(client: Client, round: number, answered: Answered[]): Promise<void> {
  const callOf = (caller: number, turn: number) => {
    const id = round * 1_000_000 + caller * 1_000 + turn;
    return caller % 2 === 0
      ? { id: undefined, name: 'pg_query', arguments: { sql: 'select count(*) from notes' } }
      : { id, name: 'pg_execute', arguments: { sql: `insert into notes values (${id}, 'n')` } };
  };
  const caller = async (number: number) => {
    for (let turn = 0; ; turn++) {
      const { id, ...request } = callOf(number, turn);
      const result = await client.callTool(request).catch(() => undefined);
      if (!result) return;
      const { call, outcome } = CallMeta.parse(result._meta?.['stackward.dev/call']);
      answered.push({ call, outcome, ...(id !== undefined && outcome === 'ok' ? { wrote: id } : {}) });
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, number) => caller(number)));
}

async function records(): Promise<StoredRecord[]> {
  const all: StoredRecord[] = [];
  for await (const { record } of readRecords(openFileBook(join(dir, '.stackward', 'audit'))))
    all.push(record);
  return all;
}

test('killed again and again under load: no acknowledged call is lost, and no intent is left without an end', {
  timeout: 180_000,
}, async () => {
  const answered: Answered[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { client, pid } = await connect();
    const before = answered.length;
    const loaded = load(client, round, answered);
    const isEnough = () =>
      answered.length >= before + 150 && answered.slice(before).some(({ wrote }) => wrote !== undefined);
    while (!isEnough()) await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(pid, 'SIGKILL');
    await loaded;
    await client.close();
  }
  const { client } = await connect();
  await client.callTool({ name: 'pg_query', arguments: { sql: 'select 1' } });
  await client.close();

  const report = await verifyAudit(openFileBook(join(dir, '.stackward', 'audit')));
  expect(report.problems).toEqual([]);
  expect(report.chains.flatMap((chain) => chain.problems)).toEqual([]);
  expect(report.chains.map((chain) => chain.orphanIntents)).toEqual([0]);

  const all = await records();
  const requests = all.filter((record) => record.kind === 'request');
  const responses = all.filter((record) => record.kind === 'response');
  expect(responses.map(({ call }) => call).sort()).toEqual(requests.map(({ call }) => call).sort());
  const ends = new Map(responses.map((response) => [response.call, response.outcome]));
  for (const { call, outcome } of answered) expect(ends.get(call)).toBe(outcome);

  const known = new Set(answered.map(({ call }) => call));
  const unanswered = responses.filter(({ call }) => !known.has(call));
  const orphans = unanswered.filter(({ outcome }) => outcome === 'outcome_unknown');
  expect(orphans.length).toBeGreaterThan(0);

  const rows = new Set((await admin(DATABASE, 'select id from notes')).map(({ id }) => id));
  const written = answered.flatMap(({ wrote }) => (wrote === undefined ? [] : [wrote]));
  expect(written.length).toBeGreaterThan(0);
  for (const id of written) expect(rows.has(id)).toBe(true);
  // A row that nobody was told of is of a call whose intent was on the disk before it was written.
  const intended = new Set(
    requests.flatMap(({ message }) => JSON.stringify(message.params).match(/values \((\d+)/)?.[1] ?? []),
  );
  for (const id of rows) expect(intended.has(String(id))).toBe(true);
});
