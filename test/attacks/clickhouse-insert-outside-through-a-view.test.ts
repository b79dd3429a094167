import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insert } from '../../src/services/clickhouse/tools/insert.ts';
import { insertKeyed } from '../../src/services/clickhouse/tools/insert-keyed.ts';
import { type Lab, openLab } from '../services/clickhouse/lab.ts';
import { program } from '../services/clickhouse/server.ts';

describe.skipIf(!program)('an insert that the server would pass on to tables outside the link', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
    await lab.server.run(
      'CREATE MATERIALIZED VIEW vault.copy TO vault.secrets AS SELECT id, kind AS word FROM shop.fed',
    );
  });
  afterAll(() => lab.close());

  test('sends none', async () => {
    const olap = lab.open({ shop: { tables: ['fed'], keys: { fed: 'id' } } });
    const before = await lab.server.run('SELECT * FROM vault.secrets');
    lab.tap.forget();
    const args = { table: 'fed', rows: [{ id: 1, kind: 'planted' }] };
    await expect(olap.write(insert, 'shop', args)).rejects.toMatchObject({ code: 'query_refused' });
    await expect(olap.write(insertKeyed, 'shop', args)).rejects.toMatchObject({ code: 'query_refused' });
    expect(lab.sent()).not.toContain('INSERT');
    expect(await lab.server.run('SELECT * FROM vault.secrets')).toBe(before);
    // The server itself would have written there.
    await lab.server.run("INSERT INTO shop.fed VALUES (1, 'planted')");
    expect(await lab.server.run('SELECT * FROM vault.secrets')).toContain('planted');
  });
});
