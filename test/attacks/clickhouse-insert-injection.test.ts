import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insert } from '../../src/services/clickhouse/tools/insert.ts';
import { insertKeyed } from '../../src/services/clickhouse/tools/insert-keyed.ts';
import { type ClickHouseLab, type Lab, openLab } from '../services/clickhouse/lab.ts';
import { program } from '../services/clickhouse/server.ts';

/** Each would end a literal, a name, a row or the statement if it were not quoted. */
const PAYLOADS = [
  "'); DROP TABLE shop.named; --",
  "\\'); DROP TABLE shop.named; --",
  "') OR 1 --",
  'x\\',
  "'",
  '`) FORMAT TSV 1',
  '"}\n{"name":"second"}',
  'a\n\n;\nDROP TABLE shop.named',
  '{name:String}',
  '\u0000\u001a\u2028\u0085',
];

describe.skipIf(!program)('text of a row that would be more than a value', () => {
  let lab: Lab;
  let olap: ClickHouseLab;
  const names = async () =>
    JSON.parse(
      await lab.server.run('SELECT name FROM shop.named ORDER BY name FORMAT JSONCompact'),
    ).data.flat();
  beforeAll(async () => {
    lab = await openLab();
    await lab.server.run('CREATE TABLE shop.named (name String) ENGINE = MergeTree ORDER BY name');
    await lab.server.run("INSERT INTO shop.named VALUES ('keep')");
    olap = lab.open({ shop: { keys: { named: 'name' } } });
  });
  afterAll(() => lab.close());

  test.each(PAYLOADS)('%j is one value, and its way back takes that row alone', async (name) => {
    const args = { table: 'named', rows: [{ name }] };
    const written = await olap.write(insertKeyed, 'shop', args);
    expect(written.output.reversible).toBe(true);
    expect(await names()).toEqual(
      [name, 'keep'].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
    await olap.revert(insertKeyed, 'shop', args, written);
    expect(await names()).toEqual(['keep']);
  });

  test.each([...PAYLOADS, 'name) FORMAT TSV --', '__proto__'])('%j is no column', async (column) => {
    lab.tap.forget();
    const row = Object.fromEntries([[column, 'x']]);
    await expect(async () => olap.write(insert, 'shop', { table: 'named', rows: [row] })).rejects.toThrow();
    expect(lab.sent()).not.toContain('INSERT');
    expect(await names()).toEqual(['keep']);
  });
});
