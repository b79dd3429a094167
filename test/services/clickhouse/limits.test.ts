import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insert } from '../../../src/services/clickhouse/tools/insert.ts';
import { query } from '../../../src/services/clickhouse/tools/query.ts';
import { type Lab, LIMITS, openLab } from './lab.ts';
import { program } from './server.ts';

describe.skipIf(!program)('the bounds of a read are in force at the server', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
    await lab.fill();
  });
  afterAll(() => lab.close());

  /** The settings of the last read, as they left. */
  async function settings(user = 'admin'): Promise<URLSearchParams> {
    lab.tap.forget();
    await lab.open({ shop: {} }, { user }).read(query, 'shop', { sql: 'select 1' });
    const [last] = [
      ...lab.tap
        .sent()
        .toString('latin1')
        .matchAll(/POST \/\?(\S+) HTTP/g),
    ].slice(-1);
    return new URLSearchParams(last?.[1] ?? '');
  }

  async function send(parameters: URLSearchParams, statement: string): Promise<string> {
    const authorization = `Basic ${Buffer.from(`admin:${lab.server.password}`).toString('base64')}`;
    const answer = await fetch(`${lab.server.url}/?${parameters}`, {
      method: 'POST',
      headers: { authorization },
      body: statement,
    });
    return answer.text();
  }

  test('a read is locked to readonly = 1, under which the server takes neither writes nor settings', async () => {
    const sent = await settings();
    expect(sent.get('readonly')).toBe('1');
    sent.delete('query_id');
    for (const statement of [
      'INSERT INTO shop.kept VALUES (1)',
      'CREATE TABLE shop.made (n UInt8) ENGINE = Memory',
      'DROP TABLE shop.kept',
      'ALTER TABLE shop.kept DELETE WHERE 1',
      'SET max_execution_time = 0',
      'SELECT 1 SETTINGS max_execution_time = 100',
      'SELECT 1 SETTINGS readonly = 0',
      'SELECT 1 SETTINGS max_memory_usage = 0',
      "SELECT * FROM url('http://127.0.0.1:1/', CSV, 'a String')",
      "SELECT * FROM merge(vault, '^secrets')",
    ])
      expect(await send(sent, statement), statement).toMatch(/^Code: 164,/);
  });

  test.each([
    ['max_rows_to_read', '1000', 'SELECT count() FROM shop.kept WHERE n > 5', 158],
    ['max_bytes_to_read', '1000', 'SELECT count() FROM shop.kept WHERE n > 5', 307],
    ['max_memory_usage', '10000000', 'SELECT uniqExact(n) FROM shop.kept', 241],
    ['max_result_rows', '10', 'SELECT n FROM shop.kept LIMIT 100000', 396],
    ['max_result_bytes', '1000', 'SELECT n FROM shop.kept LIMIT 100000', 396],
    ['max_rows_in_set', '10', 'SELECT 1 WHERE 1 IN (SELECT n FROM shop.kept)', 191],
    ['max_rows_in_join', '10', 'SELECT 1 FROM shop.kept ALL INNER JOIN shop.kept AS b USING n LIMIT 1', 191],
    ['max_execution_time', '1', 'SELECT sum(length(hex(SHA256(toString(n))))) FROM shop.kept', 159],
  ])('%s ends a query that goes past it', async (name, value, statement, code) => {
    const sent = await settings();
    expect(Number(sent.get(name))).toBeGreaterThan(0);
    sent.set(name, value);
    sent.delete('query_id');
    expect(await send(sent, statement)).toMatch(new RegExp(`^Code: ${code},`));
  });

  test('the account’s own tighter bounds stay', async () => {
    expect((await settings('tight')).get('max_rows_to_read')).toBe('5000');
    const tight = lab.open({ shop: {} }, { user: 'tight' });
    await expect(
      tight.read(query, 'shop', { sql: 'select count() from kept where n > 5' }),
    ).rejects.toMatchObject({
      code: 'result_too_large',
    });
  });

  test('an account that only reads already is used as it is, with a warning, and cannot write', async () => {
    const two = lab.open({ shop: {} }, { user: 'two' });
    expect((await two.read(query, 'shop', { sql: 'select 1' })).rows).toEqual([[1]]);
    expect(two.warnings).toEqual([expect.stringContaining('readonly = 2')]);
    const args = { table: 'kept', rows: [{ n: 1 }] };
    await expect(two.write(insert, 'shop', args)).rejects.toMatchObject({ code: 'permission_denied' });
  });

  test('an account that may set no limits is refused', async () => {
    const one = lab.open({ shop: {} }, { user: 'one' });
    lab.tap.forget();
    await expect(one.read(query, 'shop', { sql: 'select 1 from kept' })).rejects.toMatchObject({
      code: 'permission_denied',
      detail: expect.stringContaining('readonly'),
    });
    expect(lab.sent()).not.toContain('kept');
  });

  test('the deadline of a call is the server’s own, too', async () => {
    const olap = lab.open({ shop: {} });
    const sql = 'select sum(length(hex(SHA256(toString(n))))) from kept';
    await expect(olap.read(query, 'shop', { sql }, { limits: { deadlineMs: 900 } })).rejects.toMatchObject({
      code: 'timeout',
    });
  });

  test('every read is bounded in rows as the call is', async () => {
    expect((await settings()).get('max_result_rows')).toBe(`${LIMITS.rows + 1}`);
  });
});
