import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { openFileBook } from '../../src/audit/file-book.ts';
import { readRecords } from '../../src/audit/read.ts';
import type { OpenSegment } from '../../src/audit/segments.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { ToolError } from '../../src/toolset/errors.ts';
import { requestOf, responseOf } from './calls.ts';
import { auditDir, openLog, recordCalls } from './sample.ts';

/** A disk that can be full (writing a part first) or fail to flush, and that counts its flushes. */
function disk() {
  const state = { full: false, flushFails: false, flushes: 0, attempts: 0 };
  const openSegment: OpenSegment = async (path) => {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT);
    return {
      write: async (bytes, offset, length, position) => {
        if (!state.full) return file.write(bytes, offset, length, position);
        await file.write(bytes, offset, Math.floor(length / 2), position);
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      },
      datasync: async () => {
        state.flushes += 1;
        if (state.flushFails) throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
        await file.datasync();
      },
      truncate: async (size) => {
        state.attempts += 1;
        await file.truncate(size);
      },
      close: () => file.close(),
    };
  };
  return { state, open: openSegment };
}

const unavailable = (error: unknown) => error instanceof ToolError && error.code === 'audit_unavailable';

async function recordsOf(dir: string) {
  const records = [];
  for await (const { record } of readRecords(openFileBook(dir))) records.push(record);
  return records;
}

test.each(['full', 'flushFails'] as const)(
  'a disk that is %s refuses everything, then the chain goes on whole',
  async (failure) => {
    const dir = auditDir();
    const { state, open } = disk();
    const { log, reports } = await openLog(dir, { open });
    await recordCalls(log, 2);
    await log.append(requestOf('begun')).durable;
    state[failure] = true;
    const lost = [log.append(requestOf('lost')), log.append(responseOf('begun'))];
    for (const { durable } of lost) await expect(durable).rejects.toSatisfy(unavailable);
    expect(log.status()).toMatchObject({
      writable: false,
      reason: expect.stringContaining('cannot be written'),
      lastSeq: 5,
    });
    expect(() => log.append(requestOf('refused'))).toThrow(ToolError);
    await vi.waitFor(() => expect(state.attempts).toBeGreaterThan(1), 20_000);
    expect(log.status().writable).toBe(false);
    expect(reports).toHaveLength(1);

    state[failure] = false;
    await vi.waitFor(() => expect(log.status().writable).toBe(true), 20_000);
    await recordCalls(log, 2, 'after');
    await log.close();
    expect(await verifyAudit(openFileBook(dir))).toMatchObject({ ok: true, chains: [{ orphanIntents: 0 }] });
    const records = await recordsOf(dir);
    expect(records.map((record) => ('call' in record ? record.call : record.kind))).toEqual([
      ...['call-1', 'call-1', 'call-2', 'call-2', 'begun'],
      // The end that could not be recorded while the disk failed.
      ...['event', 'begun'],
      ...['after-1', 'after-1', 'after-2', 'after-2', 'checkpoint'],
    ]);
    expect(records[5]).toMatchObject({ event: 'audit_resumed' });
  },
);

test('an end that comes while the disk fails is recorded once it works', async () => {
  const dir = auditDir();
  const { state, open } = disk();
  const { log } = await openLog(dir, { open });
  await log.append(requestOf('begun')).durable;
  state.full = true;
  await expect(log.append(requestOf('lost')).durable).rejects.toSatisfy(unavailable);
  expect(() => log.append(responseOf('begun'))).toThrow(ToolError);
  state.full = false;
  await log.close();
  expect((await recordsOf(dir)).map(({ kind }) => kind)).toEqual([
    'request',
    'event',
    'response',
    'checkpoint',
  ]);
});

test('the reserve keeps new calls out and lets those that began end', async () => {
  const dir = auditDir();
  const { log: first } = await openLog(dir);
  await first.append(requestOf('begun')).durable;
  await first.close();
  // The end of the orphan is recorded although no disk has an exabyte to spare.
  const { log } = await openLog(dir, { reserveBytes: 2 ** 60 });
  expect(log.status()).toMatchObject({ writable: false, reason: expect.stringContaining('reserve') });
  expect(() => log.append(requestOf('new'))).toThrow('make space');
  await log.close();
  expect((await recordsOf(dir)).map(({ kind }) => kind)).toEqual([
    'request',
    'checkpoint',
    'response',
    'checkpoint',
  ]);
});

test('concurrent callers share flushes', async () => {
  const { state, open } = disk();
  const { log } = await openLog(auditDir(), { open });
  state.flushes = 0;
  const caller = async (name: number) => {
    for (let index = 0; index < 10; index += 1) {
      const call = `${name}-${index}`;
      await log.append(requestOf(call)).durable;
      await log.append(responseOf(call)).durable;
    }
  };
  await Promise.all(Array.from({ length: 64 }, (_, name) => caller(name)));
  expect(log.status()).toMatchObject({ writable: true, lastSeq: 1281 });
  // 1,280 records of 64 callers, each of whom waits for every one of its own 20.
  expect(state.flushes).toBeGreaterThanOrEqual(20);
  expect(state.flushes).toBeLessThan(60);
  await log.close();
});

test('too much that waits for a slow disk is refused rather than kept in memory', async () => {
  const dir = auditDir();
  const { log } = await openLog(dir);
  const sql = 'x'.repeat(1024 * 1024);
  const appendMany = () => {
    for (let index = 0; index < 40; index += 1) log.append(requestOf(`big-${index}`, sql));
  };
  expect(appendMany).toThrow('slower');
  await log.close();
  expect(await verifyAudit(openFileBook(dir))).toMatchObject({ ok: true });
});

test('a closed log takes nothing more, and closing twice does no harm', async () => {
  const { log } = await openLog(auditDir());
  await recordCalls(log, 1);
  await Promise.all([log.close(), log.close()]);
  expect(() => log.append(requestOf('late'))).toThrow('closed');
});
