import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { csvCell, exportCsv } from '../../src/audit/export.ts';
import { openFileBook } from '../../src/audit/file-book.ts';
import { requestOf, responseOf } from '../audit/calls.ts';
import { auditDir, openLog } from '../audit/sample.ts';

const FORMULAS = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  ' =1',
  '"=1',
  "'=1",
  '=cmd|"/c calc"!A1',
  '|x',
  '%x',
  '＝1',
  '－1',
];

// The flaw: a value that a caller chose runs as a formula when the export is opened in a spreadsheet.
test.each(FORMULAS)('%j cannot begin a cell', (value) => {
  expect(csvCell(value)).toMatch(/^"'/);
});

test('a quote or a line end in a value cannot begin a cell or a row of its own', async () => {
  const dir = auditDir();
  const { log } = await openLog(dir);
  const call = 'a",=1+1,"\r\n=2+2';
  log.append({ ...requestOf(call), principal: '=HYPERLINK("http://x")' });
  await log.append(responseOf(call)).durable;
  const out = new PassThrough();
  const content = text(out);
  await exportCsv(openFileBook(dir), out);
  out.end();
  await log.close();
  const rows = (await content).trimEnd().split('\r\n');
  expect(rows).toHaveLength(2);
  expect(rows[1]).toContain('"a"",=1+1,""\\u000d\\u000a=2+2","\'=HYPERLINK(""http://x"")"');
});

test('characters that hide or turn the text round are shown as escapes', () => {
  expect(csvCell('a\u202eb\u001b[0m\u{e0041}\u200b')).toBe('"a\\u202eb\\u001b[0m\\udb40\\udc41\\u200b"');
});
