import { expect, test } from 'vitest';
import { A, attackLab } from './fixtures/lab.ts';

const MIB = 1024 * 1024;
const GIB = 1024;

/** The flaw: a result too large for a string ends the process, or stops it for everybody while it is masked. */
test('a list of a gigabyte is cut to its limit and says so', async () => {
  const { call, probe } = await attackLab({ limits: { bytes: 3 * MIB } });
  const item = 'x'.repeat(MIB);
  probe.does.read = async () => ({ items: Array.from({ length: GIB }, () => item) });
  const before = process.memoryUsage().rss;
  const answer = await call('probe_list', A);
  expect(answer).toMatchObject({
    outcome: 'ok',
    structured: { truncated: true, hint: expect.stringContaining('of 1024 items') },
  });
  expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(3 * MIB);
  expect(process.memoryUsage().rss - before).toBeLessThan(512 * MIB);
});

test('a gigabyte that cannot be cut is an error of the caller’s to mend', async () => {
  const { call, probe } = await attackLab();
  const item = 'x'.repeat(MIB);
  probe.does.read = async () => ({ nested: { rows: Array.from({ length: GIB }, () => item) } });
  expect(await call('probe_read', A)).toMatchObject({
    outcome: 'error',
    error: { code: 'result_too_large' },
  });
});

test('millions of small rows are cut as well', async () => {
  const { call, probe } = await attackLab();
  probe.does.read = async () => ({ items: new Array(5_000_000).fill(1) });
  const answer = await call('probe_list', A);
  expect(answer.structured).toMatchObject({
    truncated: true,
    hint: expect.stringContaining('of 5000000 items'),
  });
});
