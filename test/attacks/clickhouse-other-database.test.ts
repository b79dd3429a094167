import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { explain } from '../../src/services/clickhouse/tools/explain.ts';
import { query } from '../../src/services/clickhouse/tools/query.ts';
import { HOSTILE } from '../services/clickhouse/corpus.ts';
import { type ClickHouseLab, type Lab, openLab } from '../services/clickhouse/lab.ts';
import { program } from '../services/clickhouse/server.ts';

describe.skipIf(!program)('a query that reaches for another database', () => {
  let lab: Lab;
  let olap: ClickHouseLab;
  beforeAll(async () => {
    lab = await openLab();
    olap = lab.open({ shop: {}, system: {}, INFORMATION_SCHEMA: {} });
  });
  beforeEach(() => lab.tap.forget());
  afterAll(() => lab.close());

  test('nothing of a hostile query leaves, whichever tool takes it', async () => {
    for (const sql of HOSTILE.filter((text) => text !== '')) {
      const refused = expect.objectContaining({ code: 'query_refused' });
      await expect(olap.read(query, 'shop', { sql }), sql).rejects.toEqual(refused);
      await expect(olap.read(explain, 'shop', { sql }), sql).rejects.toEqual(refused);
    }
    expect(lab.sent()).toBe('');
  });

  test.each(['system', 'INFORMATION_SCHEMA'])('%s is no target, whatever the topology says', async (sub) => {
    await expect(olap.read(query, sub, { sql: 'select 1 from tables' })).rejects.toMatchObject({
      code: 'not_linked',
    });
    expect(lab.sent()).toBe('');
  });

  test('the server itself would have answered: this is what the refusal is for', async () => {
    expect(await lab.server.run('SELECT word FROM vault.secrets')).toContain('vault-word');
    expect(await lab.server.run('SELECT toUInt64(1) IN (vault.kept)')).toBe('0\n');
  });
});
