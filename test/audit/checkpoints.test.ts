import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { copiesFrom } from '../../src/audit/copies/copies-from.ts';
import { folderCopies } from '../../src/audit/copies/folder-copies.ts';
import { s3Copies } from '../../src/audit/copies/s3-copies.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { startS3Twin } from '../twins/s3.ts';
import { ENGINES } from './engines.ts';
import { auditDir, recordCalls } from './sample.ts';

describe.each(ENGINES)('checkpoints over all chains in %s', (_name, openEngine) => {
  test('are made by time and by records while the process lives, and only when something is new', async () => {
    const { book, open } = await openEngine();
    const { log } = await open({ allEveryMs: 50 });
    await recordCalls(log, 2);
    await expect.poll(async () => (await verifyAudit(book)).checkpoints.count).toBe(1);
    await recordCalls(log, 1, 'more');
    await expect.poll(async () => (await verifyAudit(book)).checkpoints.count).toBe(2);
    const { log: two } = await open({ allEveryMs: 60_000, allEveryRecords: 3 });
    await recordCalls(two, 4);
    await expect.poll(async () => (await verifyAudit(book)).checkpoints.count).toBeGreaterThan(2);
    await log.close();
    await two.close();
    const report = await verifyAudit(book);
    expect(report).toMatchObject({ ok: true, problems: [] });
    await (await open()).log.close();
    expect((await verifyAudit(book)).checkpoints.count).toBe(report.checkpoints.count);
  });

  test('are copied to a folder and to a bucket, byte for byte, and each copy fits', async () => {
    const twin = await startS3Twin();
    onTestFinished(() => twin.close());
    const bucket = twin.bucket('copies');
    const folder = join(auditDir(), 'copies');
    const { accessKeyId, secretAccessKey, region } = twin.account;
    const s3 = s3Copies({
      bucket: 'copies',
      prefix: 'audit/',
      region,
      url: twin.url,
      credentials: { accessKeyId, secretAccessKey },
    });
    const { book, open } = await openEngine();
    for (const run of ['one', 'two']) {
      const { log, reports } = await open({ copies: [folderCopies(folder), s3] });
      await recordCalls(log, 1, run);
      await log.close();
      expect(reports).toEqual([]);
    }
    const names = readdirSync(folder).sort();
    expect(names).toEqual(['checkpoint-000000000001.json', 'checkpoint-000000000002.json']);
    for (const name of names) {
      const text = readFileSync(join(folder, name), 'utf8');
      expect(bucket.version(`audit/${name}`).body.toString()).toBe(text);
      expect((await verifyAudit(book, { checkpoint: text })).ok).toBe(true);
    }
    expect(twin.violations).toEqual([]);
    // Whoever has this server's key to the bucket cannot put another in the place of one.
    await expect(s3.put(1, '{}')).rejects.toThrow('could not be put');
    await expect(folderCopies(folder).put(1, '{}')).rejects.toThrow('another audit');
  });

  test('a place that fails is told once, and gets the latest when it works again', async () => {
    const parent = auditDir();
    const folder = join(parent, 'copies');
    writeFileSync(folder, 'in the way');
    const { book, open } = await openEngine();
    const { log, reports } = await open({ allEveryMs: 30, copies: [folderCopies(folder)] });
    await recordCalls(log, 1);
    await expect.poll(() => reports.join()).toContain('could not be copied');
    await recordCalls(log, 1, 'more');
    await expect.poll(async () => (await verifyAudit(book)).checkpoints.count).toBe(2);
    rmSync(folder);
    mkdirSync(folder);
    chmodSync(folder, 0o700);
    await vi.waitFor(() => expect(readdirSync(folder)).toHaveLength(1), 10_000);
    await log.close();
    expect(reports.filter((report) => report.includes('could not be copied'))).toHaveLength(1);
  });
});

test('a copy that is none, or of another audit, is refused with why', async () => {
  const [, openEngine] = ENGINES[0] ?? [];
  if (!openEngine) throw new Error('there is no engine');
  const { book, open } = await openEngine();
  const { log } = await open();
  await recordCalls(log, 1);
  await log.close();
  await expect(verifyAudit(book, { checkpoint: 'nonsense' })).rejects.toThrow('not a checkpoint');
  const stranger = await openEngine();
  const folder = auditDir();
  const { log: other } = await stranger.open({ copies: [folderCopies(folder)] });
  await recordCalls(other, 1);
  await other.close();
  const [name = ''] = readdirSync(folder);
  const checkpoint = readFileSync(join(folder, name), 'utf8');
  await expect(verifyAudit(book, { checkpoint })).rejects.toThrow('no key that is trusted here');
});

test('where copies go is read from the environment, and what is neither folder nor bucket is refused', () => {
  expect(copiesFrom({})).toEqual([]);
  const both = copiesFrom({
    STACKWARD_AUDIT_COPIES: '/mnt/away, s3://audit-copies/prod',
    AWS_REGION: 'eu-central-1',
  });
  expect(both.map(({ name }) => name)).toEqual(['/mnt/away', 's3://audit-copies/prod/']);
  expect(() => copiesFrom({ STACKWARD_AUDIT_COPIES: 's3://audit-copies' })).toThrow('AWS_REGION');
  expect(() => copiesFrom({ STACKWARD_AUDIT_COPIES: 'https://example.org/x' })).toThrow('neither a folder');
});
