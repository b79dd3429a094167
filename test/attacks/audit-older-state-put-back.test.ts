import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderCopies } from '../../src/audit/copies/folder-copies.ts';
import { openFileBook } from '../../src/audit/file-book.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { openAuditSchema } from '../audit/engines.ts';
import { auditDir, openLog, recordCalls } from '../audit/sample.ts';

const latestIn = (folder: string): string =>
  readFileSync(join(folder, readdirSync(folder).sort().at(-1) ?? ''), 'utf8');

// The flaw: an older state of everything verifies, for it was good once. A copy from elsewhere tells.
test('a folder put back whole to an older state does not fit the copy of a checkpoint', async () => {
  const [dir, copies, older] = [auditDir(), auditDir(), auditDir()];
  for (const run of ['one', 'two']) {
    const { log } = await openLog(dir, { copies: [folderCopies(copies)] });
    await recordCalls(log, 2, run);
    await log.close();
    if (run === 'one') cpSync(dir, older, { recursive: true });
  }
  const checkpoint = latestIn(copies);
  expect((await verifyAudit(openFileBook(dir), { checkpoint })).ok).toBe(true);
  rmSync(dir, { recursive: true });
  cpSync(older, dir, { recursive: true });
  expect((await verifyAudit(openFileBook(dir))).ok).toBe(true);
  const { ok, problems, chains } = await verifyAudit(openFileBook(dir), { checkpoint });
  expect(ok).toBe(false);
  expect(problems.join()).toContain('an older state was put back');
  expect(chains[0]?.problems.map(({ problem }) => problem).join()).toContain('it was cut');
});

test('a database put back to an older state, with its checkpoints, does not fit the copy', async () => {
  const at = await openAuditSchema();
  const copies = auditDir();
  const { log } = await at.replica({ copies: [folderCopies(copies)] });
  await recordCalls(log, 2);
  await log.close();
  const { rows } = await at.direct.query('select * from audit_chain');
  const { log: again } = await at.replica({ copies: [folderCopies(copies)] });
  await recordCalls(again, 2, 'later');
  await again.close();
  const checkpoint = latestIn(copies);
  expect((await verifyAudit(at.book, { checkpoint })).ok).toBe(true);
  const { chain, seq, head, sealed } = rows[0];
  await at.direct.query('delete from audit_record where seq > $1', [seq]);
  await at.direct.query(
    'update audit_chain set seq = $2, head = $3, sealed = $4, open_from = $2 where chain = $1',
    [chain, seq, head, sealed],
  );
  await at.direct.query('delete from audit_checkpoint where number > 1');
  expect((await verifyAudit(at.book)).ok).toBe(true);
  expect((await verifyAudit(at.book, { checkpoint })).ok).toBe(false);
});
