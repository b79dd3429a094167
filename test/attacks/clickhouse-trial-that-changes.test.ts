import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tapWire, type Wiretap } from '../harness/wiretap.ts';
import { type ClickHouse, program, startClickHouse } from '../services/clickhouse/server.ts';
import { openPrecheckLab, type PrecheckLab } from '../versions/precheck-lab.ts';

/** A way back that is tried runs its own code, which ends in an ALTER that deletes rows. */
describe.skipIf(!program)('trying a way back on ClickHouse', () => {
  let server: ClickHouse;
  let tap: Wiretap;
  let lab: PrecheckLab;
  beforeAll(async () => {
    server = await startClickHouse();
    await server.run('CREATE DATABASE shop');
    await server.run('CREATE TABLE shop.orders (id UInt64) ENGINE = MergeTree ORDER BY id');
    tap = await tapWire(server.port);
    lab = await openPrecheckLab(
      `type: clickhouse, url: 'http://127.0.0.1:${tap.port}', credentials: {user: ${server.user}, password: {env: P}}, databases: {shop: {keys: {orders: id}}}`,
      'queries',
      { P: server.password },
    );
  });
  afterAll(async () => {
    await lab.close();
    await tap.close();
    await server.stop();
  });

  test('sends SELECT alone, and so does trying to make it again', async () => {
    const start = await lab.written('clickhouse_insert_keyed', { table: 'orders', rows: [{ id: 1 }] });
    await leavesAlone(start, '1\n');
    await leavesAlone(await lab.back(start), '');
  });

  async function leavesAlone(to: number, rows: string): Promise<void> {
    tap.forget();
    const { obstacles, steps } = await lab.plan(to);
    expect({ obstacles, steps: steps.length }).toEqual({ obstacles: [], steps: 1 });
    const bodies = tap
      .sent()
      .toString('utf8')
      .split('\r\n\r\n')
      .slice(1)
      .map((text) => text.trimStart());
    expect(bodies.length).toBeGreaterThan(0);
    for (const body of bodies) expect(body).toMatch(/^SELECT /);
    expect(tap.sent().toString()).not.toMatch(/ALTER TABLE|INSERT INTO/);
    expect(await server.run('SELECT id FROM shop.orders')).toBe(rows);
  }
});
