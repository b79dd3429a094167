import { generateKeyPairSync } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFileBook } from '../../src/audit/file-book.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { requestOf, responseOf } from './calls.ts';
import {
  auditDir,
  chainFolder,
  closedLog,
  editLines,
  onlySegment,
  openLog,
  recordCalls,
  segmentsOf,
} from './sample.ts';

const problemsOf = async (dir: string) =>
  (await verifyAudit(openFileBook(dir))).chains.flatMap((chain) =>
    chain.problems.map(({ problem }) => problem),
  );

test('a chain of thousands of records over several segments and runs verifies', async () => {
  const dir = auditDir();
  for (const run of ['a', 'b', 'c']) {
    const { log } = await openLog(dir, { maxSegmentBytes: 200_000 });
    const calls = Array.from({ length: 1010 }, (_, index) => `${run}-${index}`);
    for (const call of calls) {
      log.append(requestOf(call));
      log.append(responseOf(call));
    }
    await log.close();
  }
  expect(segmentsOf(dir).length).toBeGreaterThan(3);
  const report = await verifyAudit(openFileBook(dir));
  expect(report).toMatchObject({ ok: true, problems: [] });
  expect(report.chains).toMatchObject([
    {
      chain: '0001',
      records: 6069,
      checkpoints: 9,
      firstSeq: 1,
      lastSeq: 6069,
      orphanIntents: 0,
      unsealed: 0,
      live: false,
    },
  ]);
});

test('an empty log verifies, and so does a folder that is not there', async () => {
  const dir = auditDir();
  expect(await verifyAudit(openFileBook(join(dir, 'none')))).toMatchObject({ ok: true, chains: [] });
  const { log } = await openLog(dir);
  await log.close();
  expect(await verifyAudit(openFileBook(dir))).toMatchObject({ ok: true, chains: [{ records: 0 }] });
});

test('every single byte that is flipped, in records, head.json or the public key, is found', async () => {
  const dir = await closedLog(3);
  const key = readdirSync(join(dir, 'keys')).find((name) => name.endsWith('.pub')) ?? '';
  for (const path of [onlySegment(dir), join(chainFolder(dir), 'head.json'), join(dir, 'keys', key)]) {
    const good = readFileSync(path);
    const missed: number[] = [];
    for (let at = 0; at < good.length; at += 1) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, bad);
      if ((await verifyAudit(openFileBook(dir))).ok) missed.push(at);
    }
    writeFileSync(path, good);
    expect(missed).toEqual([]);
  }
  expect((await verifyAudit(openFileBook(dir))).ok).toBe(true);
});

test.each<[string, (lines: string[]) => string[]]>([
  ['a removed line', (lines) => lines.toSpliced(4, 1)],
  ['a removed first line', (lines) => lines.slice(1)],
  ['two swapped lines', (lines) => lines.with(2, lines[3] ?? '').with(3, lines[2] ?? '')],
  ['a doubled line', (lines) => lines.toSpliced(2, 0, lines[2] ?? '')],
  ['an empty line', (lines) => lines.toSpliced(2, 0, '')],
  ['a removed last line', (lines) => lines.slice(0, -1)],
  ['nothing left', () => []],
])('%s is found', async (_name, edit) => {
  const dir = await closedLog(8);
  editLines(dir, edit);
  expect((await verifyAudit(openFileBook(dir))).ok).toBe(false);
});

test('a removed, renamed or exchanged segment is found', async () => {
  const dir = await closedLog(30, { maxSegmentBytes: 2_000 });
  const segments = segmentsOf(dir);
  expect(segments.length).toBeGreaterThan(4);
  for (const segment of segments) {
    renameSync(segment, `${segment}.away`);
    expect((await verifyAudit(openFileBook(dir))).ok, segment).toBe(false);
    renameSync(`${segment}.away`, segment);
  }
  const [first = '', second = ''] = segments;
  copyFileSync(first, `${first}.copy`);
  copyFileSync(second, first);
  copyFileSync(`${first}.copy`, second);
  expect((await verifyAudit(openFileBook(dir))).ok).toBe(false);
});

test('a missing head.json, a missing key and a missing chain are found', async () => {
  const dir = await closedLog(3);
  const { log: first } = await openLog(dir);
  const { log: second } = await openLog(dir);
  await recordCalls(second, 1);
  await second.close();
  await first.close();
  for (const path of [join(chainFolder(dir), 'head.json'), join(dir, 'keys'), chainFolder(dir, '0001')]) {
    renameSync(path, join(dir, 'away'));
    expect((await verifyAudit(openFileBook(dir))).ok, path).toBe(false);
    renameSync(join(dir, 'away'), path);
  }
  expect((await verifyAudit(openFileBook(dir))).ok).toBe(true);
});

test('a chain under another number is found: its checkpoints name the chain', async () => {
  const dir = await closedLog(3);
  cpSync(chainFolder(dir), chainFolder(dir, '0002'), { recursive: true });
  expect((await problemsOf(dir)).join()).toContain('signature');
});

test('a call with two ends, or an end without a beginning, is found', async () => {
  const dir = auditDir();
  const { log } = await openLog(dir);
  log.append(requestOf('a'));
  log.append(responseOf('a'));
  expect(() => log.append(responseOf('a'))).toThrow('no request record');
  expect(() => log.append(responseOf('b'))).toThrow('no request record');
  await log.close();
  expect(await verifyAudit(openFileBook(dir))).toMatchObject({ ok: true, chains: [{ records: 3 }] });
});

test('a pinned key accepts its own log and no other', async () => {
  const dir = await closedLog(2);
  const name = readdirSync(join(dir, 'keys')).find((file) => file.endsWith('.pub')) ?? '';
  const publicKey = readFileSync(join(dir, 'keys', name), 'utf8');
  const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
  expect((await verifyAudit(openFileBook(dir), { publicKey })).ok).toBe(true);
  expect((await verifyAudit(openFileBook(dir), { publicKey: other })).ok).toBe(false);
  await expect(verifyAudit(openFileBook(dir), { publicKey: 'nonsense' })).rejects.toThrow('Ed25519');
});

test('records of a living writer verify, with what is not sealed yet counted', async () => {
  const dir = auditDir();
  const { log } = await openLog(dir);
  await recordCalls(log, 2);
  await log.append(requestOf('running')).durable;
  const { chains, ok } = await verifyAudit(openFileBook(dir));
  expect(ok).toBe(true);
  expect(chains).toMatchObject([{ live: true, unsealed: 5, orphanIntents: 1 }]);
  await log.close();
});

test('the signing key is for its owner alone, and a key that others can read is refused', async () => {
  const dir = await closedLog(1);
  const path = join(dir, 'keys', 'signing.key');
  const text = readFileSync(path);
  unlinkSync(path);
  writeFileSync(path, text, { mode: 0o644 });
  await expect(openLog(dir)).rejects.toThrow('chmod 600');
  rmSync(path);
  writeFileSync(path, text, { mode: 0o600 });
  const { log } = await openLog(dir);
  await log.close();
});
