import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openFileBook } from '../../src/audit/file-book.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { openAuditSchema } from '../audit/engines.ts';
import { auditDir, chainFolder, openLog, recordCalls } from '../audit/sample.ts';

// The flaw: each chain proves itself alone, so one that is removed whole leaves nothing that does not verify.
test('the highest chain of a folder, removed whole, is missed', async () => {
  const dir = auditDir();
  const { log: one } = await openLog(dir);
  const { log: two } = await openLog(dir);
  await recordCalls(two, 2);
  await two.close();
  await one.close();
  expect(await verifyAudit(openFileBook(dir))).toMatchObject({ ok: true });
  rmSync(chainFolder(dir, '0002'), { recursive: true });
  expect(await verifyAudit(openFileBook(dir))).toMatchObject({
    ok: false,
    problems: [expect.stringContaining('chain 0002 is missing')],
  });
  // A process that starts afterwards does not make it good.
  const { log } = await openLog(dir);
  await recordCalls(log, 1);
  await log.close();
  expect((await verifyAudit(openFileBook(dir))).ok).toBe(false);
});

test('any chain of a database, removed whole, is missed', async () => {
  for (const chain of ['0001', '0002']) {
    const at = await openAuditSchema();
    const replicas = [await at.replica(), await at.replica()];
    for (const { log } of replicas) await recordCalls(log, 2);
    for (const { log } of replicas) await log.close();
    expect(await verifyAudit(at.book)).toMatchObject({ ok: true });
    for (const table of ['audit_chain', 'audit_record'])
      await at.direct.query(`delete from ${table} where chain = $1`, [chain]);
    const { ok, problems } = await verifyAudit(at.book);
    expect({ ok, problems: problems.join() }).toMatchObject({
      ok: false,
      problems: expect.stringContaining(`chain ${chain} is missing`),
    });
    const { log, reports } = await at.replica();
    await recordCalls(log, 1);
    await log.close();
    expect((await verifyAudit(at.book)).ok).toBe(false);
    if (chain === '0002') expect(reports.join()).toContain('chain 0002 is gone');
  }
});
