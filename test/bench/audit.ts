import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditLog } from '../../src/audit/audit-log.ts';
import { openFileBook } from '../../src/audit/file-book.ts';
import { openAuditLog } from '../../src/audit/log.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { requestOf, responseOf } from '../audit/calls.ts';

export interface AuditBench {
  /** Durable records per second when each caller waits for its record before it makes the next. */
  readonly records_per_second_1: number;
  readonly records_per_second_64: number;
  /** Synchronous cost of one `append`, in microseconds, median of batches. */
  readonly append_us: number;
  readonly verify_1m_seconds: number;
  readonly verify_records: number;
  /** Opening a log of a million records that was closed cleanly. */
  readonly reopen_1m_ms: number;
}

const SECONDS = 2;
const CALLS = 500_000;
const GROUP = 500;

/** Measures the audit log on the disk of `parent`, in a folder that is removed afterwards. Takes about half a minute. */
export async function benchAudit(parent = tmpdir()): Promise<AuditBench> {
  const dir = await mkdtemp(join(parent, 'stackward-bench-audit-'));
  try {
    const log = await openAuditLog({ dir, reserveBytes: 0 });
    const records_per_second_1 = await recordFor(log, 1);
    const records_per_second_64 = await recordFor(log, 64);
    await log.close();
    return { records_per_second_1, records_per_second_64, ...(await benchMillion(join(dir, 'million'))) };
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function recordFor(log: AuditLog, callers: number): Promise<number> {
  const began = performance.now();
  let records = 0;
  const call = async (caller: number) => {
    for (let index = 0; performance.now() - began < SECONDS * 1000; index += 1) {
      const name = `${callers}-${caller}-${index}`;
      await log.append(requestOf(name)).durable;
      await log.append(responseOf(name)).durable;
      records += 2;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  return Math.round((records / (performance.now() - began)) * 1000);
}

async function benchMillion(dir: string) {
  const append_us = await writeMillion(dir);
  const { ok, seconds, chains } = await verifyAudit(openFileBook(dir));
  if (!ok) throw new Error('the log that was just written does not verify');
  const began = performance.now();
  const log = await openAuditLog({ dir, reserveBytes: 0 });
  const reopen_1m_ms = performance.now() - began;
  await log.close();
  return { append_us, verify_1m_seconds: seconds, verify_records: chains[0]?.records ?? 0, reopen_1m_ms };
}

async function writeMillion(dir: string): Promise<number> {
  const log = await openAuditLog({ dir, reserveBytes: 0 });
  const costs: number[] = [];
  for (let done = 0; done < CALLS; done += GROUP) {
    const records = Array.from({ length: GROUP }, (_, index) => `call-${done + index}`).flatMap((call) => [
      requestOf(call),
      responseOf(call),
    ]);
    const began = performance.now();
    const durable = records.map((record) => log.append(record).durable);
    costs.push(((performance.now() - began) * 1000) / records.length);
    await Promise.all(durable);
  }
  await log.close();
  return costs.sort((a, b) => a - b)[costs.length >> 1] ?? 0;
}
