import { appendFileSync, readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { AuditLog } from '../../src/audit/audit-log.ts';
import { exportCsv, exportJson, exportRecords } from '../../src/audit/export.ts';
import { openFileBook } from '../../src/audit/file-book.ts';
import { queryAudit } from '../../src/audit/query.ts';
import { type ReadRecord, readRecords } from '../../src/audit/read.ts';
import { followRecords, tailRecords } from '../../src/audit/tail.ts';
import type { AuditView } from '../../src/audit/views.ts';
import { requestOf, responseOf } from './calls.ts';
import { auditDir, closedLog, onlySegment, openLog, recordCalls, segmentsOf } from './sample.ts';

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

const seqsOf = (records: readonly ReadRecord[]) => records.map(({ record }) => record.seq);

async function exported(write: (out: PassThrough) => Promise<void>): Promise<string> {
  const out = new PassThrough();
  const content = text(out);
  await write(out);
  out.end();
  return content;
}

/** Two chains: a refused write, an open call, an event; a call of somebody else. */
async function busyLog(): Promise<{ dir: string; logs: AuditLog[] }> {
  const dir = auditDir();
  const { log: one } = await openLog(dir);
  const { log: two } = await openLog(dir);
  await recordCalls(one, 2);
  const verdict = {
    passed: false,
    checks: [
      { rule: 'write-flag', passed: false, reason: 'off' },
      { rule: 'linked', passed: true, reason: 'drawn' },
    ],
    reasons: ['off'],
  };
  one.append({ ...requestOf('refused', 'DELETE'), verdict });
  await one.append({ ...responseOf('refused'), outcome: 'denied' }).durable;
  two.append({ ...requestOf('other'), principal: 'reporter' });
  await two.append({ ...responseOf('other'), principal: 'reporter' }).durable;
  two.append({
    kind: 'event',
    event: 'topology_loaded',
    principal: 'stackward',
    topology: '',
    version: 1,
    detail: {},
  });
  await two.append(requestOf('running')).durable;
  return { dir, logs: [one, two] };
}

const nameOf = (view: AuditView) => (view.kind === 'call' ? view.call : view.record.event);

test('records are read forwards, backwards and from a place on, over segments', async () => {
  const dir = await closedLog(30, { maxSegmentBytes: 3_000 });
  expect(segmentsOf(dir).length).toBeGreaterThan(3);
  const all = seqsOf(await collect(readRecords(openFileBook(dir))));
  expect(all).toEqual(Array.from({ length: all.length }, (_, index) => index + 1));
  expect(seqsOf(await collect(readRecords(openFileBook(dir), { reverse: true })))).toEqual(all.toReversed());
  expect(seqsOf(await collect(readRecords(openFileBook(dir), { fromSeq: 23 })))).toEqual(all.slice(22));
  expect(seqsOf(await collect(readRecords(openFileBook(dir), { fromSeq: 23, reverse: true })))).toEqual(
    all.slice(0, 23).toReversed(),
  );
});

test('lines longer than what is read at once come whole in both directions', async () => {
  const dir = auditDir();
  const { log } = await openLog(dir);
  for (const call of ['a', 'b', 'c']) await log.append(requestOf(call, call.repeat(3_000_000))).durable;
  await log.close();
  expect(seqsOf(await collect(readRecords(openFileBook(dir))))).toEqual([1, 2, 3, 4]);
  expect(seqsOf(await collect(readRecords(openFileBook(dir), { reverse: true })))).toEqual([4, 3, 2, 1]);
});

test('what a living writer has not finished is passed over', async () => {
  const dir = await closedLog(2);
  appendFileSync(onlySegment(dir), '{"seq":6,"time":"2026');
  expect(seqsOf(await collect(readRecords(openFileBook(dir))))).toEqual([1, 2, 3, 4, 5]);
  expect(seqsOf(await collect(readRecords(openFileBook(dir), { reverse: true })))).toEqual([5, 4, 3, 2, 1]);
  expect(seqsOf(await tailRecords(openFileBook(dir), 2))).toEqual([4, 5]);
});

test('chains are merged by time', async () => {
  const { dir, logs } = await busyLog();
  const times = (await collect(readRecords(openFileBook(dir)))).map(({ record }) => record.time);
  expect(times).toEqual(times.toSorted());
  expect(
    new Set((await collect(readRecords(openFileBook(dir), { chain: '0002' }))).map(({ chain }) => chain)),
  ).toEqual(new Set(['0002']));
  for (const log of logs) await log.close();
});

test('a limit gives the newest', async () => {
  const dir = await closedLog(9);
  expect((await collect(queryAudit(openFileBook(dir), {}, { limit: 2 }))).map(nameOf)).toEqual([
    'call-9',
    'call-8',
  ]);
  expect(await collect(queryAudit(openFileBook(dir), {}, { limit: 0 }))).toEqual([]);
});

test('following gives the past, then each new record of every chain once', async () => {
  const dir = auditDir();
  const { log: one } = await openLog(dir, { maxSegmentBytes: 1_000 });
  await recordCalls(one, 3);
  const end = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const { chain, record } of followRecords(openFileBook(dir), {
      count: 2,
      signal: end.signal,
      everyMs: 5,
    })) {
      seen.push(`${chain}/${record.seq}`);
      if (seen.length === 14) end.abort();
    }
  })();
  while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const { log: two } = await openLog(dir);
  await recordCalls(one, 4, 'later');
  await recordCalls(two, 2);
  await following;
  expect(seen.filter((name) => name.startsWith('0001'))).toEqual(
    [5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((seq) => `0001/${seq}`),
  );
  expect(seen.filter((name) => name.startsWith('0002'))).toEqual([1, 2, 3, 4].map((seq) => `0002/${seq}`));
  await one.close();
  await two.close();
});

test('an export of records is the log byte for byte', async () => {
  const dir = await closedLog(5);
  expect(await exported((out) => exportRecords(openFileBook(dir), out))).toBe(
    readFileSync(onlySegment(dir), 'utf8'),
  );
});

test('an export as JSON is an array of the calls, safe to print', async () => {
  const dir = auditDir();
  const { log } = await openLog(dir);
  expect(JSON.parse(await exported((out) => exportJson(openFileBook(dir), out)))).toEqual([]);
  const sql = 'a\u001b[31m\u202e\u{e0041}\\\u200b"';
  log.append(requestOf('odd', sql));
  await log.append(responseOf('odd')).durable;
  const json = await exported((out) => exportJson(openFileBook(dir), out));
  for (const hidden of ['\u001b', '\u202e', '\u200b', '\u{e0041}']) expect(json).not.toContain(hidden);
  expect(JSON.parse(json)).toMatchObject([
    { call: 'odd', outcome: 'ok', request: { message: { params: { arguments: { sql } } } } },
  ]);
  await log.close();
});

test('an export as CSV has a row for each call that matches', async () => {
  const { dir, logs } = await busyLog();
  const rows = (await exported((out) => exportCsv(openFileBook(dir), out, { principal: 'triage' })))
    .trimEnd()
    .split('\r\n');
  expect(rows).toHaveLength(5);
  expect(rows[3]).toContain(
    '"refused","triage","tools/call","pg_query","orders-db/orders","denied","4","write-flag"',
  );
  for (const log of logs) await log.close();
});
