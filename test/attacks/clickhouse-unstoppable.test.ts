import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { query } from '../../src/services/clickhouse/tools/query.ts';
import { type Lab, openLab } from '../services/clickhouse/lab.ts';
import { program } from '../services/clickhouse/server.ts';

describe.skipIf(!program)('a query that goes on after its call', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
    await lab.fill();
  });
  afterAll(() => lab.close());

  test('is stopped at the server when the call is cancelled', async () => {
    const olap = lab.open({ shop: {} });
    const running = async () =>
      (
        await lab.server.run(
          "SELECT count() FROM system.processes WHERE query LIKE '%`shop`.`kept`%' AND query NOT LIKE '%processes%'",
        )
      ).trim();
    const cancel = new AbortController();
    // No row passes, so ClickHouse 18.16 reads to the end without a look at its clock.
    const sql = "select count() from kept where hex(SHA256(hex(SHA256(toString(n))))) = 'none'";
    const ended = olap.read(query, 'shop', { sql }, { signal: cancel.signal }).catch((error: Error) => error);
    await expect.poll(running, { timeout: 10_000 }).toBe('1');
    cancel.abort();
    expect(await ended).toMatchObject({ code: 'cancelled' });
    expect(lab.sent()).toMatch(/KILL QUERY WHERE query_id = '[0-9a-f-]{36}' ASYNC/);
    // Left alone it would run for much longer than one look at it takes.
    await expect.poll(running, { timeout: 10_000 }).toBe('0');
  });
});
