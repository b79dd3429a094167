import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { openFileBook } from '../../src/audit/file-book.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { closedLog, editLines } from '../audit/sample.ts';

const blame = (line: string) => line.replace('"principal":"triage"', '"principal":"nobody"');

// The flaw: a record is rewritten to blame somebody else.
test('a record that is edited is found, and the place is named', async () => {
  const dir = await closedLog(5);
  editLines(dir, (lines) => lines.with(2, blame(lines[2] ?? '')));
  const { ok, chains } = await verifyAudit(openFileBook(dir));
  expect(ok).toBe(false);
  expect(chains[0]?.problems[0]).toMatchObject({ line: 4, problem: expect.stringContaining('changed') });
});

test('an edit with every hash behind it computed anew fails at the next signature', async () => {
  const dir = await closedLog(5);
  editLines(dir, (lines) => {
    let prev = '0'.repeat(64);
    return lines.map((line, index) => {
      const edited = (index === 2 ? blame(line) : line)
        .replace(/"prev":"\w+"/, `"prev":"${prev}"`)
        .replace(/"head":"\w+"/, `"head":"${prev}"`);
      prev = createHash('sha256').update(edited).digest('hex');
      return edited;
    });
  });
  const { ok, chains } = await verifyAudit(openFileBook(dir));
  expect(ok).toBe(false);
  expect(chains[0]?.problems.map(({ problem }) => problem).join()).toContain('signature');
});
