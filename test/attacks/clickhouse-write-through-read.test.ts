import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connector } from '../../src/services/clickhouse/connect.ts';
import { Statement } from '../../src/services/clickhouse/sql/statement.ts';
import { describe as describeTable } from '../../src/services/clickhouse/tools/describe.ts';
import { parts } from '../../src/services/clickhouse/tools/parts.ts';
import { query } from '../../src/services/clickhouse/tools/query.ts';
import { runningQueries } from '../../src/services/clickhouse/tools/running-queries.ts';
import { tables } from '../../src/services/clickhouse/tools/tables.ts';
import { connectionOf, type Lab, LIMITS, openLab } from '../services/clickhouse/lab.ts';
import { program } from '../services/clickhouse/server.ts';

describe.skipIf(!program)('a write through the reading client', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
  });
  afterAll(() => lab.close());

  test('every request of a read is locked, but the one that asks which lock there is', async () => {
    const olap = lab.open({ shop: {} });
    lab.tap.forget();
    await olap.read(query, 'shop', { sql: 'select id from events' });
    await olap.read(tables, 'shop', {});
    await olap.read(describeTable, 'shop', { table: 'events' });
    await olap.read(parts, 'shop', {});
    await olap.read(runningQueries, 'shop', {});
    const heads = [
      ...lab.tap
        .sent()
        .toString('latin1')
        .matchAll(/POST (\/\S*) HTTP/g),
    ].map(([, at]) => at ?? '');
    expect(heads.length).toBeGreaterThan(8);
    const open = heads.filter(
      (at) => !new URL(at, lab.server.url).searchParams.getAll('readonly').includes('1'),
    );
    const questions = lab.sent().match(/SELECT name, value FROM system\.settings/g) ?? [];
    expect(open.length).toBe(questions.length);
  });

  test('a statement that slipped past every guard is refused by the server', async () => {
    const { client } = await connector.openReader({
      component: 'olap',
      sub: 'shop',
      entry: {},
      connection: connectionOf(lab.server),
      limits: LIMITS,
      warn: () => {},
    });
    const call = { limits: LIMITS, signal: new AbortController().signal };
    for (const text of [
      'DROP TABLE shop.events',
      'INSERT INTO shop.kept SELECT 1',
      'CREATE TABLE shop.x (n UInt8) ENGINE = Log',
    ])
      await expect(client.own(Statement.of(text), call)).rejects.toMatchObject({ name: 'ToolError' });
    expect(await lab.server.run('SELECT count() FROM shop.events')).toBe('3\n');
    expect(await lab.server.run('EXISTS TABLE shop.x')).toBe('0\n');
    expect(await lab.server.run('SELECT count() FROM shop.kept')).toBe('0\n');
  });

  test('what only looks like a statement is not sent', async () => {
    const { client } = await connector.openReader({
      component: 'olap',
      sub: 'shop',
      entry: {},
      connection: connectionOf(lab.server, { port: lab.tap.port }),
      limits: LIMITS,
      warn: () => {},
    });
    lab.tap.forget();
    const forged: Statement = Object.assign(Object.create(Statement.prototype), { text: 'SELECT 1' });
    const call = { limits: LIMITS, signal: new AbortController().signal };
    await expect(client.own(forged, call)).rejects.toThrow(TypeError);
    expect(lab.sent()).toBe('');
  });
});
