import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditBook } from '../../src/audit/audit-book.ts';
import type { AuditLog } from '../../src/audit/audit-log.ts';
import { indexChain } from '../../src/audit/blocks/indexer.ts';
import { openFileBook } from '../../src/audit/file-book.ts';
import { signerOf } from '../../src/audit/keys.ts';
import { openAuditLog } from '../../src/audit/log.ts';
import type { AuditFilter } from '../../src/audit/matcher.ts';
import { openPostgresAudit } from '../../src/audit/postgres/open-postgres-audit.ts';
import { queryAudit } from '../../src/audit/query.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { startEmbeddedPostgres } from '../../src/cli/demo/embedded-postgres.ts';
import { openDatabase } from '../../src/store/postgres/database.ts';
import { migrate } from '../../src/store/postgres/migrate.ts';
import { requestOf, responseOf } from '../audit/calls.ts';
import { makeKey } from '../audit/signing-key.ts';
import type { Bench } from './part.ts';
import { summarise, timed } from './statistics.ts';

export interface AuditQueryRow {
  readonly engine: 'folder' | 'PostgreSQL';
  readonly records: number;
  /** Written by 64 callers at once, each record durable before its caller goes on. */
  readonly records_per_second_64: number;
  readonly verify_records_per_second: number;
  readonly queries: readonly {
    readonly query: string;
    readonly p50: number;
    readonly p99: number;
    readonly count: number;
  }[];
}

const CALLS = Number(process.env.BENCH_AUDIT_CALLS ?? 500_000);
const GROUP = 500;
const TIMES = 20;

/** The newest 50 of each; what is rare lies at the very beginning. */
const QUERIES: readonly (readonly [string, AuditFilter])[] = [
  ['everything', {}],
  ['a common tool', { tool: 'pg_query' }],
  ['a rare principal', { principal: 'auditor' }],
  ['a rare target and outcome', { target: 'billing-db/ledger', outcome: 'denied' }],
  ['two that never meet', { principal: 'auditor', outcome: 'cancelled' }],
  ['open calls', { outcome: 'open' }],
  ['one call by its id', { call: 'call-40' }],
  ['rare words', { text: 'where invoice is overdue' }],
  ['words that are not there', { text: 'drop table customers' }],
];

/** Measures searches in a million records of each engine. Takes some minutes. */
export async function benchAuditQueries({ say, progress }: Bench): Promise<AuditQueryRow[]> {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-bench-query-'));
  const rows: AuditQueryRow[] = [];
  try {
    for (const bench of [
      () => benchFolder(join(dir, 'audit'), progress),
      () => benchPostgres(dir, progress),
    ]) {
      const row = await bench();
      rows.push(row);
      sayRow(row, say);
    }
    return rows;
  } finally {
    await rm(dir, { recursive: true });
  }
}

function sayRow({ engine, records, queries, ...rest }: AuditQueryRow, say: Bench['say']): void {
  say(
    `${engine}: ${records} records, ${rest.records_per_second_64} durable a second with 64 callers, ${rest.verify_records_per_second} verified a second`,
  );
  for (const { query, p50, p99 } of queries) say(`  ${query}: p50 ${p50}, p99 ${p99}`);
}

async function benchFolder(dir: string, progress: Bench['progress']): Promise<AuditQueryRow> {
  const log = await openAuditLog({ dir, reserveBytes: 0 });
  return measure('folder', log, openFileBook(dir), progress);
}

async function benchPostgres(dir: string, progress: Bench['progress']): Promise<AuditQueryRow> {
  const server = await startEmbeddedPostgres({ dir });
  const schema = 'bench';
  const { port, user, password } = server;
  const database = await openDatabase({
    url: `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`,
    schema,
  });
  try {
    await migrate(database, schema);
    const { log, book } = await openPostgresAudit(database, { signer: signerOf(makeKey()) });
    return await measure('PostgreSQL', log, book, progress);
  } finally {
    await database.close();
    await server.stop();
  }
}

async function measure(
  engine: AuditQueryRow['engine'],
  log: AuditLog,
  book: AuditBook,
  progress: Bench['progress'],
): Promise<AuditQueryRow> {
  const records_per_second_64 = await recordFor(log, 2_000);
  await writeCalls(log, (done) => progress(`${engine}: ${2 * done} of ${2 * CALLS} records written`));
  progress(`${engine}: indexing`);
  await indexChain(book, log.status().chain, { upTo: log.status().lastSeq, pauseMs: 0 });
  await log.close();
  progress(`${engine}: verifying`);
  const { ok, chains, seconds } = await verifyAudit(book);
  if (!ok) throw new Error('the audit that was just written does not verify');
  const records = chains.reduce((sum, chain) => sum + chain.records, 0);
  const queries = [];
  progress(`${engine}: searching`);
  for (const [query, filter] of QUERIES) queries.push({ query, ...summarise(await timesOf(book, filter)) });
  return {
    engine,
    records,
    records_per_second_64,
    verify_records_per_second: Math.round(records / seconds),
    queries,
  };
}

async function timesOf(book: AuditBook, filter: AuditFilter): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < TIMES; index += 1) {
    times.push(await timed(() => drain(queryAudit(book, filter, { limit: 50 }))));
  }
  return times;
}

async function recordFor(log: AuditLog, ms: number): Promise<number> {
  const began = performance.now();
  let records = 0;
  const call = async (caller: number) => {
    for (let index = 0; performance.now() - began < ms; index += 1) {
      await log.append(requestOf(`load-${caller}-${index}`)).durable;
      await log.append(responseOf(`load-${caller}-${index}`)).durable;
      records += 2;
    }
  };
  await Promise.all(Array.from({ length: 64 }, (_, caller) => call(caller)));
  return Math.round((records / (performance.now() - began)) * 1000);
}

async function writeCalls(log: AuditLog, onProgress: (done: number) => void): Promise<void> {
  for (let done = 0; done < CALLS; done += GROUP) {
    const durable = Array.from({ length: GROUP }, (_, index) => recordCall(log, done + index));
    await Promise.all(durable);
    onProgress(done + GROUP);
  }
}

/** Calls of four agents on forty targets; a few at the beginning are unlike all others. */
function recordCall(log: AuditLog, index: number): Promise<void> {
  const call = `call-${index}`;
  const isRare = index === 40;
  const principal = isRare ? 'auditor' : `agent-${index % 4}`;
  const target = isRare ? 'billing-db/ledger' : `db-${index % 40}/orders`;
  const sql = `select ${isRare ? '* from invoices where invoice is overdue' : `total from orders where note = '${randomBytes(9).toString('base64')}'`}`;
  const outcome = isRare ? 'denied' : index % 1_000 === 0 ? 'cancelled' : 'ok';
  const request = requestOf(call);
  log.append({
    ...request,
    principal,
    message: { ...request.message, params: { name: 'pg_query', arguments: { target, sql } } },
  });
  return log.append({ ...responseOf(call), principal, outcome }).durable;
}

async function drain(views: AsyncIterable<unknown>): Promise<void> {
  for await (const view of views) void view;
}
