import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import type { AuditBook } from '../../src/audit/audit-book.ts';
import { readRecords } from '../../src/audit/read.ts';
import type { StoredRecord } from '../../src/audit/record.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { ToolError } from '../../src/toolset/errors.ts';
import { startTcpProxy } from '../harness/tcp-proxy.ts';
import { requestOf, responseOf } from './calls.ts';
import { openAuditSchema } from './engines.ts';
import { auditDir, recordCalls } from './sample.ts';

const CHILD = fileURLToPath(new URL('./replica-child.ts', import.meta.url));

async function recordsOf(book: AuditBook, chain?: string): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const { record } of readRecords(book, chain === undefined ? {} : { chain }))
    records.push(record);
  return records;
}

const endsOf = (records: readonly StoredRecord[], call: string) =>
  records.filter((record) => record.kind === 'response' && record.call === call);

const unavailable = (error: unknown) => error instanceof ToolError && error.code === 'audit_unavailable';

/** A replica behind a way that can be cut, quick to notice what happens to it. */
async function behindProxy() {
  const at = await openAuditSchema();
  const proxy = await startTcpProxy(inject('postgres').port);
  onTestFinished(() => proxy.close());
  const replica = await at.replica({ batchMs: 800 }, proxy.port);
  return { at, proxy, replica };
}

test.each(['before', 'after'] as const)(
  'a connection that is cut %s the server has the batch loses no end and doubles none',
  async (when) => {
    const { at, proxy, replica } = await behindProxy();
    const { log } = replica;
    await log.append(requestOf('begun')).durable;
    proxy.cutAt('in-doubt', when);
    const doubtful = [log.append(requestOf('in-doubt')), log.append(responseOf('begun'))];
    for (const { durable } of doubtful) await expect(durable).rejects.toSatisfy(unavailable);
    // The answer to the question what became of it is lost as well; asking again must not cost the chain.
    proxy.cutAt('set fence', 'after');
    await vi.waitFor(() => expect(log.status().writable).toBe(true), 10_000);
    await recordCalls(log, 2, 'after');
    const records = await recordsOf(at.book);
    expect(endsOf(records, 'begun')).toMatchObject([{ outcome: 'ok' }]);
    // Where it did arrive its caller was refused, so it ends as unknown; where it did not it never was.
    expect(endsOf(records, 'in-doubt').map((record) => record.kind === 'response' && record.outcome)).toEqual(
      when === 'after' ? ['outcome_unknown'] : [],
    );
    expect(records.filter((record) => 'call' in record && record.call === 'in-doubt')).toHaveLength(
      when === 'after' ? 2 : 0,
    );
    await log.close();
    expect(await verifyAudit(at.book)).toMatchObject({
      ok: true,
      chains: [{ orphanIntents: 0, unsealed: 0 }],
    });
  },
);

test.each(['refuses', 'hangs'] as const)(
  'a database that %s turns the status red without a call, and everything goes on by itself',
  async (how) => {
    const { at, proxy, replica } = await behindProxy();
    const { log } = replica;
    await recordCalls(log, 1);
    if (how === 'refuses') proxy.setOpen(false);
    else proxy.setStalled(true);
    await vi.waitFor(() => expect(log.status().writable).toBe(false), { timeout: 10_000, interval: 10 });
    expect(log.status().reason).toMatch(/database/);
    expect(() => log.append(requestOf('refused'))).toThrow(ToolError);
    if (how === 'refuses') proxy.setOpen(true);
    else proxy.setStalled(false);
    await vi.waitFor(() => expect(log.status().writable).toBe(true), 20_000);
    await recordCalls(log, 1, 'after');
    await log.close();
    expect(await verifyAudit(at.book)).toMatchObject({ ok: true, chains: [{ orphanIntents: 0 }] });
    expect((await recordsOf(at.book)).some((record) => 'call' in record && record.call === 'refused')).toBe(
      false,
    );
  },
);

test('a replica whose chain was taken over records nothing more on it, ends no call twice and opens another', async () => {
  const at = await openAuditSchema();
  const { log } = await at.replica();
  await log.append(requestOf('begun')).durable;
  // As another replica takes a chain whose holder it believes dead.
  await at.direct.query(`update audit_chain set fence = fence + 1, holder = 'another'`);
  const late = log.append(responseOf('begun'));
  await expect(late.durable).rejects.toSatisfy(unavailable);
  await vi.waitFor(() => expect(log.status()).toMatchObject({ writable: true, chain: '0002' }), 10_000);
  expect(() => log.append(responseOf('begun'))).toThrow('no request record');
  await recordCalls(log, 1);
  expect((await recordsOf(at.book, '0001')).map(({ kind }) => kind)).toEqual(['request']);
  expect((await recordsOf(at.book, '0002')).length).toBe(2);
});

test('the chain of a replica that died is mended by another, exactly once', async () => {
  const at = await openAuditSchema();
  const silentMs = 1_500;
  const { key } = at;
  const keyFile = join(auditDir(), 'signing.key');
  writeFileSync(keyFile, key, { mode: 0o600 });
  const living = await Promise.all([
    at.replica({ silentMs, mendMs: 200 }),
    at.replica({ silentMs, mendMs: 200 }),
  ]);
  const child = startReplica('load', at.url, at.schema, keyFile, `${silentMs}`);
  const acknowledged: string[] = [];
  const reader = createInterface({ input: child.stdout });
  let chain = '';
  for await (const line of reader) {
    if (line.startsWith('ready')) chain = line.split(' ')[1] ?? '';
    else acknowledged.push(line);
    if (acknowledged.length === 2_000) child.kill('SIGKILL');
  }
  await vi.waitFor(
    async () => {
      const { chains } = await verifyAudit(at.book);
      expect(chains.find((one) => one.chain === chain)).toMatchObject({ orphanIntents: 0, unsealed: 0 });
    },
    { timeout: 20_000, interval: 200 },
  );
  const records = await recordsOf(at.book, chain);
  const bySeq = new Map(records.map((record) => [record.seq, record]));
  for (const line of acknowledged.filter((one) => /^\d+ \w+ \S+$/.test(one))) {
    const [seq, kind, call] = line.split(' ');
    expect(bySeq.get(Number(seq)), line).toMatchObject({ kind, call });
  }
  const ends = new Map<string, number>();
  for (const record of records) if (record.kind === 'request') ends.set(record.call, 0);
  for (const record of records)
    if (record.kind === 'response') ends.set(record.call, (ends.get(record.call) ?? Number.NaN) + 1);
  expect(new Set(ends.values())).toEqual(new Set([1]));
  for (const { log } of living) await log.close();
  expect(await verifyAudit(at.book)).toMatchObject({ ok: true });
});

test('a replica that was paused past its time finds its chain taken, and nothing of it lands there', async () => {
  const at = await openAuditSchema();
  const silentMs = 1_000;
  const keyFile = join(auditDir(), 'signing.key');
  writeFileSync(keyFile, at.key, { mode: 0o600 });
  const child = startReplica('one', at.url, at.schema, keyFile, `${silentMs}`);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await vi.waitFor(() => expect(lines).toContain('durable 0001 1 first'), 20_000);
  child.kill('SIGSTOP');
  const { log } = await at.replica({ silentMs, mendMs: 100 });
  await vi.waitFor(
    async () => expect(endsOf(await recordsOf(at.book, '0001'), 'first')).toHaveLength(1),
    10_000,
  );
  child.stdin.write('second\n');
  child.kill('SIGCONT');
  await vi.waitFor(() => expect(lines.join()).toMatch(/(refused|rejected) 0001 second/), 20_000);
  // It goes on by itself, with another chain or with this one behind what the other replica recorded.
  let call = 0;
  await vi.waitFor(
    () => {
      call += 1;
      child.stdin.write(`third-${call}\n`);
      expect(lines.join()).toMatch(/durable \d+ \d+ third/);
    },
    { timeout: 20_000, interval: 300 },
  );
  const records = await recordsOf(at.book);
  expect(records.filter((record) => 'call' in record && record.call === 'second')).toEqual([]);
  expect(endsOf(records, 'first')).toMatchObject([{ outcome: 'outcome_unknown' }]);
  child.kill('SIGKILL');
  await once(child, 'close');
  await log.close();
  expect((await verifyAudit(at.book)).chains.flatMap(({ problems }) => problems)).toEqual([]);
});

test('replicas that start at once write a chain each', async () => {
  const at = await openAuditSchema();
  const replicas = await Promise.all(Array.from({ length: 6 }, () => at.replica()));
  expect(new Set(replicas.map(({ log }) => log.status().chain)).size).toBe(6);
  await Promise.all(replicas.map(({ log }, index) => recordCalls(log, 5, `of-${index}`)));
  for (const { log } of replicas) await log.close();
  expect(await verifyAudit(at.book)).toMatchObject({ ok: true });
});

function startReplica(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void (child as ChildProcess).kill('SIGKILL'));
  return child;
}
