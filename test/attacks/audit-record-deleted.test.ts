import { expect, test } from 'vitest';
import { openFileBook } from '../../src/audit/file-book.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { closedLog, editLines } from '../audit/sample.ts';

// The flaw: whoever gets hold of the log's files removes the record of what they did.
test('a record that is deleted is missed, wherever it stood', async () => {
  for (let at = 0; at < 12; at += 1) {
    const dir = await closedLog(5);
    editLines(dir, (lines) => lines.toSpliced(at, 1));
    expect((await verifyAudit(openFileBook(dir))).ok, `record ${at + 1}`).toBe(false);
  }
});

test('a call that is deleted whole, with the numbers closed up behind it, is missed', async () => {
  const dir = await closedLog(5);
  editLines(dir, (lines) =>
    lines.toSpliced(2, 2).map((line, index) => line.replace(/^\{"seq":\d+/, `{"seq":${index + 1}`)),
  );
  expect((await verifyAudit(openFileBook(dir))).ok).toBe(false);
});
