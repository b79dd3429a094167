import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AuditLog } from '../../src/audit/audit-log.ts';
import { openFileBook } from '../../src/audit/file-book.ts';
import { openAuditLog } from '../../src/audit/log.ts';
import { requestOf, responseOf } from '../audit/calls.ts';
import { openAuditSchema } from '../audit/engines.ts';
import { run } from './run.ts';

/** A data directory whose audit has so many calls; the first is the only one of `auditor`. */
async function dataWith(calls: number): Promise<{ data: string; log: AuditLog }> {
  const data = mkdtempSync(join(tmpdir(), 'stackward-query-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const log = await openAuditLog({ dir: join(data, 'audit'), reserveBytes: 0 });
  for (let n = 0; n < calls; n++) {
    const who = n === 0 ? { principal: 'auditor' } : {};
    log.append({ ...requestOf(`call-${n}`), ...who });
    const { durable } = log.append({ ...responseOf(`call-${n}`), ...who });
    if (n % 500 === 0) await durable;
  }
  await log.append(requestOf('last')).durable;
  return { data, log };
}

const indexes = (data: string) =>
  readdirSync(join(data, 'audit', 'chains', '0001')).filter((name) => name.endsWith('.index'));
const query = (data: string) => run(['audit', 'query', '-d', data, '--principal', 'auditor', '--json']);
const lastBlock = async (data: string) => {
  for await (const { last } of openFileBook(join(data, 'audit')).blocks('0001')) return last;
  return 0;
};

test('a query of an audit that nobody writes makes the next one quick, once', async () => {
  const { data, log } = await dataWith(3_000);
  await log.close();
  const first = await query(data);
  expect(JSON.parse(first.out)).toMatchObject([{ call: 'call-0' }]);
  expect(first.err).toMatch(/looking through 60\d\d records once/);
  expect(await lastBlock(data)).toBeGreaterThan(5_000);
  const second = await query(data);
  expect([second.out, second.err]).toEqual([first.out, '']);
});

test('of a chain that a server writes the server makes it, and of few records nobody', async () => {
  const busy = await dataWith(3_000);
  expect((await query(busy.data)).err).toBe('');
  expect(indexes(busy.data)).toEqual([]);
  await busy.log.close();
  const small = await dataWith(10);
  await small.log.close();
  expect((await query(small.data)).err).toBe('');
  expect(indexes(small.data)).toEqual([]);
});

test.runIf(existsSync('/dev/full'))(
  'where the notes cannot be kept the answer is there, and why is told',
  async () => {
    const { data, log } = await dataWith(3_000);
    await log.close();
    symlinkSync('/dev/full', join(data, 'audit', 'chains', '0001', '000000000001.index'));
    const { code, out, err } = await query(data);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ call: 'call-0' }]);
    expect(err).toContain('further searches stay as slow as this one');
    expect(err).toContain('ENOSPC');
  },
);

test('the audit of a database is read from the schema that the option names', async () => {
  const at = await openAuditSchema();
  const { log } = await at.replica();
  log.append(requestOf('kept in a schema'));
  await log.append(responseOf('kept in a schema')).durable;
  const argv = ['audit', 'query', '-d', tmpdir(), '--database-schema', at.schema, '--json'];
  const { code, out, err } = await run(argv, { STACKWARD_DATABASE_URL: at.url });
  expect([code, err]).toEqual([0, '']);
  expect(JSON.parse(out)).toMatchObject([{ call: 'kept in a schema' }]);
});
