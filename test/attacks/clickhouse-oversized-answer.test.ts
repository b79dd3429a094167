import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../src/secrets/secret.ts';
import { connector } from '../../src/services/clickhouse/connect.ts';
import { query } from '../../src/services/clickhouse/tools/query.ts';
import { tables } from '../../src/services/clickhouse/tools/tables.ts';
import { openToolLab } from '../harness/tool-lab.ts';
import { type Lab, LIMITS, openLab } from '../services/clickhouse/lab.ts';
import { program } from '../services/clickhouse/server.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

test('an answer without end is given up', async () => {
  let sent = 0;
  const server = await recordingServer((_, response) => {
    const chunk = Buffer.alloc(1024 * 1024, '[');
    const more = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
    };
    response.on('drain', more);
    more();
  });
  const connection = {
    url: server.url,
    credentials: { user: 'u', password: new Secret('password', 'pass-word') },
  };
  const olap = openToolLab({ connector, connection, subs: { shop: {} }, limits: LIMITS });
  await expect(olap.read(tables, 'shop', {})).rejects.toMatchObject({ code: 'result_too_large' });
  expect(sent).toBeLessThan(64 * 1024 * 1024);
  await server.close();
});

describe.skipIf(!program)('a result that would fill the memory', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
  });
  afterAll(() => lab.close());

  test.each([
    'select groupArray(n) from (select arrayJoin(range(5000000)) as n)',
    "select arrayStringConcat(arrayMap(x -> 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', range(1000000)))",
  ])('%s ends at the server', async (sql) => {
    await expect(lab.open({ shop: {} }).read(query, 'shop', { sql })).rejects.toMatchObject({
      code: 'result_too_large',
    });
  });
});
