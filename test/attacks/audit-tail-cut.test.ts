import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFileBook } from '../../src/audit/file-book.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { chainFolder, closedLog, editLines, openLog } from '../audit/sample.ts';

// The flaw: a hash chain alone still verifies after its last records were cut off.
test('a tail that is cut is found, however many records go, down to an earlier checkpoint', async () => {
  for (let left = 0; left < 12; left += 1) {
    const dir = await closedLog(5);
    editLines(dir, (lines) => lines.slice(0, left));
    expect((await verifyAudit(openFileBook(dir))).ok, `${left} records left`).toBe(false);
  }
});

test('removing head.json as well does not hide it', async () => {
  const dir = await closedLog(5);
  editLines(dir, (lines) => lines.slice(0, 6));
  rmSync(join(chainFolder(dir), 'head.json'));
  expect((await verifyAudit(openFileBook(dir))).ok).toBe(false);
});

test('a restart does not heal the cut chain into a good one', async () => {
  const dir = await closedLog(5);
  editLines(dir, (lines) => lines.slice(0, 6));
  const { log, reports } = await openLog(dir);
  await log.close();
  expect(reports.join()).toContain('damaged');
  expect((await verifyAudit(openFileBook(dir))).ok).toBe(false);
});
