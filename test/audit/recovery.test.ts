import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ChainOpener } from '../../src/audit/chain-opener.ts';
import { openFileBook } from '../../src/audit/file-book.ts';
import { fileChains } from '../../src/audit/file-chains.ts';
import { openSigner } from '../../src/audit/keys.ts';
import { readRecords } from '../../src/audit/read.ts';
import type { StoredRecord } from '../../src/audit/record.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { requestOf } from './calls.ts';
import { auditDir, chainFolder, closedLog, onlySegment, openLog, recordCalls, segmentsOf } from './sample.ts';

const CHILD = fileURLToPath(new URL('./child-writer.ts', import.meta.url));

const startChild = (...args: string[]): ChildProcess & { stdout: NonNullable<ChildProcess['stdout']> } =>
  spawn(process.execPath, ['--import', 'tsx', CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });

/** Lines that a child prints until it ends, each with a chance to stop it. */
async function linesOf(
  child: ReturnType<typeof startChild>,
  onLine: (lines: string[]) => void,
): Promise<string[]> {
  const lines: string[] = [];
  const ended = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    onLine(lines);
  }
  await ended;
  return lines;
}

async function recordsOf(dir: string, chain = '0001'): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const { record } of readRecords(openFileBook(dir), { chain })) records.push(record);
  return records;
}

const endsOf = (records: readonly StoredRecord[], call: string) =>
  records.filter((record) => record.kind === 'response' && record.call === call);

/** A log whose process died with one call open: three whole calls, then a request. */
async function diedLog(): Promise<{ dir: string; before: number; size: number }> {
  const dir = auditDir();
  const { log } = await openLog(dir);
  await recordCalls(log, 3);
  const before = readFileSync(onlySegment(dir)).length;
  await log.append(requestOf('last')).durable;
  const size = readFileSync(onlySegment(dir)).length;
  // A copy without the hold file is what a killed process leaves behind.
  const left = auditDir();
  mkdirSync(chainFolder(left), { recursive: true });
  cpSync(join(dir, 'keys'), join(left, 'keys'), { recursive: true });
  cpSync(onlySegment(dir), join(chainFolder(left), '000000000001.jsonl'));
  await log.close();
  return { dir: left, before, size };
}

test('a tail torn at any byte of the last record is set aside, and no earlier record is lost', async () => {
  const { dir, before, size } = await diedLog();
  const whole = readFileSync(onlySegment(dir));
  for (let cut = before + 1; cut < size; cut += 1) {
    const copy = auditDir();
    cpSync(dir, copy, { recursive: true });
    truncateSync(onlySegment(copy), cut);
    const { log, reports } = await openLog(copy);
    await log.close();
    expect(reports.join(), `cut at ${cut}`).toContain('torn tail');
    const records = await recordsOf(copy);
    expect(records.slice(0, 6).map((record) => record.kind !== 'event' && record.seq)).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    expect(records[6]).toMatchObject({ kind: 'event', event: 'torn_tail' });
    const torn = readdirSync(chainFolder(copy)).filter((name) => name.endsWith('.torn'));
    expect(readFileSync(join(chainFolder(copy), torn[0] ?? ''))).toEqual(whole.subarray(before, cut));
    expect((await verifyAudit(openFileBook(copy))).ok).toBe(true);
  }
});

test('a last line that is whole but wrong is set aside too', async () => {
  const { dir } = await diedLog();
  appendFileSync(onlySegment(dir), '{"seq":8}\n');
  const { log, reports } = await openLog(dir);
  await log.close();
  expect(reports.join()).toContain('torn tail');
  expect(await verifyAudit(openFileBook(dir))).toMatchObject({ ok: true, chains: [{ orphanIntents: 0 }] });
});

test('pages that a power cut left as NUL are set aside with what follows them', async () => {
  const { dir } = await diedLog();
  appendFileSync(onlySegment(dir), Buffer.concat([Buffer.alloc(512), Buffer.from('"}\n{"seq":9}\n{"se')]));
  const { log } = await openLog(dir);
  await log.close();
  expect(await verifyAudit(openFileBook(dir))).toMatchObject({ ok: true, chains: [{ orphanIntents: 0 }] });
});

test('a chain broken in its middle is left as it is, and another one is written', async () => {
  const dir = await closedLog(6);
  const path = onlySegment(dir);
  const broken = readFileSync(path, 'utf8').replace('SELECT 1', 'SELECT 2').slice(0, -10);
  writeFileSync(path, broken);
  const { log, reports } = await openLog(dir);
  expect(log.status().chain).toBe('0002');
  await log.close();
  expect(reports.join()).toContain('damaged');
  expect(readFileSync(path, 'utf8')).toBe(broken);
});

test('a cut behind the latest checkpoint is not taken for a crash', async () => {
  const dir = await closedLog(6);
  const path = onlySegment(dir);
  truncateSync(path, readFileSync(path).length - 20);
  const { log, reports } = await openLog(dir);
  expect(log.status().chain).toBe('0002');
  await log.close();
  expect(reports.join()).toContain('missing');
});

test('intents without an end are closed as unknown, exactly once', async () => {
  const { dir } = await diedLog();
  for (let start = 0; start < 3; start += 1) {
    const { log, reports } = await openLog(dir);
    expect(reports).toHaveLength(start === 0 ? 1 : 0);
    await log.close();
  }
  expect(endsOf(await recordsOf(dir), 'last')).toMatchObject([
    { outcome: 'outcome_unknown', message: { id: 'last', error: { code: 'outcome_unknown' } } },
  ]);
});

test('a process killed at any point of its recovery leaves each intent exactly one end after the next', async () => {
  const dir = auditDir();
  const orphans = startChild('orphans', dir, '12');
  await linesOf(orphans, (lines) => void (lines.includes('ready') && orphans.kill('SIGKILL')));
  for (const bytes of [1, 700, 1501, 2600]) {
    const lines = await linesOf(startChild('die', dir, String(bytes)), () => {});
    expect(lines, `killed after ${bytes} bytes`).not.toContain('survived');
  }
  const { log } = await openLog(dir);
  await log.close();
  const records = await recordsOf(dir);
  for (let index = 0; index < 12; index += 1) expect(endsOf(records, `orphan-${index}`)).toHaveLength(1);
  expect(await verifyAudit(openFileBook(dir))).toMatchObject({ ok: true, chains: [{ orphanIntents: 0 }] });
});

test('kill -9 under load from 64 callers loses no record that was acknowledged', async () => {
  const dir = auditDir();
  for (const enough of [500, 2000, 4000]) {
    const child = startChild('load', dir);
    const lines = await linesOf(child, (lines) => void (lines.length === enough && child.kill('SIGKILL')));
    const acknowledged = lines.filter((line) => /^\d+ \w+ \S+$/.test(line));
    expect(acknowledged.length).toBeGreaterThanOrEqual(enough - 1);
    const { log } = await openLog(dir);
    await log.close();
    const bySeq = new Map((await recordsOf(dir)).map((record) => [record.seq, record]));
    for (const line of acknowledged) {
      const [seq, kind, call] = line.split(' ');
      expect(bySeq.get(Number(seq)), line).toMatchObject({ kind, call });
    }
    expect(await verifyAudit(openFileBook(dir))).toMatchObject({ ok: true, chains: [{ orphanIntents: 0 }] });
  }
  expect(segmentsOf(dir).length).toBeGreaterThan(1);
});

test('processes that share a folder each write a chain of their own', async () => {
  const dir = auditDir();
  const children = [startChild('load', dir), startChild('load', dir), startChild('load', dir)];
  const counts = children.map(() => 0);
  await Promise.all(
    children.map((child, index) =>
      linesOf(child, (lines) => {
        counts[index] = lines.length;
        if (counts.every((count) => count >= 200)) for (const each of children) each.kill('SIGKILL');
      }),
    ),
  );
  const { log } = await openLog(dir);
  expect(log.status().chain).toBe('0001');
  await log.close();
  const report = await verifyAudit(openFileBook(dir));
  expect(report).toMatchObject({
    ok: true,
    chains: [{ orphanIntents: 0 }, { orphanIntents: 0 }, { orphanIntents: 0 }],
  });
  for (const { chain } of report.chains) {
    const loads = (await recordsOf(dir, chain))
      .filter((record) => record.kind === 'request')
      .map(({ call }) => call);
    expect(new Set(loads.map((call) => call.split('-')[0])).size).toBe(1);
  }
});

test('a hold file of a process number that another program has now does not keep the chain', async () => {
  const dir = await closedLog(1);
  const machine = await ownHold(dir);
  writeFileSync(
    join(chainFolder(dir), 'hold-1-5.json'),
    JSON.stringify({ ...machine, pid: 1, start: 'long ago' }),
  );
  const { log } = await openLog(dir);
  expect(log.status().chain).toBe('0001');
  await log.close();
  expect(readdirSync(chainFolder(dir)).filter((name) => name.startsWith('hold-'))).toEqual([]);
});

test('a holder on another machine keeps its chain while it shows signs of life', async () => {
  const dir = await closedLog(1);
  const own = await ownHold(dir);
  writeFileSync(join(chainFolder(dir), 'hold-9-9.json'), JSON.stringify({ ...own, machine: 'elsewhere' }));
  const { log } = await openLog(dir);
  expect(log.status().chain).toBe('0002');
  await log.close();
});

test('a holder on another machine that is silent for long, or whose file a power cut emptied, holds nothing', async () => {
  for (const content of [JSON.stringify({ pid: 9, start: '9', machine: 'elsewhere' }), '']) {
    const dir = await closedLog(1);
    const path = join(chainFolder(dir), 'hold-9-9.json');
    writeFileSync(path, content);
    utimesSync(path, new Date(0), new Date(0));
    const { log } = await openLog(dir);
    expect(log.status().chain).toBe('0001');
    await log.close();
  }
});

test('a chain whose process dies while another one lives is mended by that one', async () => {
  const dir = auditDir();
  const { log } = await openLog(dir);
  const child = startChild('orphans', dir, '3');
  await linesOf(child, (lines) => void (lines.includes('ready') && child.kill('SIGKILL')));
  expect(await verifyAudit(openFileBook(dir))).toMatchObject({ chains: [{}, { orphanIntents: 3 }] });
  const settings = { dir, checkpointEvery: 10, reserveBytes: 0, maxSegmentBytes: 1e6, onReport: () => {} };
  await new ChainOpener(fileChains(settings), settings, await openSigner(dir)).mendOthers(log.status().chain);
  expect(await verifyAudit(openFileBook(dir))).toMatchObject({
    ok: true,
    chains: [{ live: true }, { orphanIntents: 0, unsealed: 0 }],
  });
  await log.close();
});

async function ownHold(dir: string): Promise<object> {
  const { log } = await openLog(dir);
  const folder = chainFolder(dir);
  const name = readdirSync(folder).find((file) => file.startsWith('hold-')) ?? '';
  const own: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  await log.close();
  return { ...(own as object) };
}
