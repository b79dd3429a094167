import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

// libxml2 looks for no interrupt: such a query would keep a processor of the server busy for hours, past every
// timeout, cancellation and pg_terminate_backend.
const MANY = `('<a>' || repeat('<b/>', 20000) || '</a>')::xml`;

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  `select xpath('//*[count(//*[count(//*)>0])>0]', ${MANY})`,
  `select xpath_exists('//*[count(//*[count(//*)>0])>0]', ${MANY})`,
  `select xmlexists('//*[count(//*[count(//*)>0])>0]' passing ${MANY})`,
  `select pg_catalog.xmlexists('//*', ${MANY})`,
  `select * from xmltable('//*' passing ${MANY} columns a text)`,
])('%s', async (sql) => {
  await lab.refused(sql);
});

// Each of these runs for minutes at least; the server itself ends it.
test.each([
  `select position('b' || repeat('a', 200000) in repeat('a', 400000000))`,
  `select count(*) from generate_series(1, 1000000000) a, generate_series(1, 1000000000) b`,
  `with recursive r as (select 1 as n union all select n + 1 from r) select max(n::numeric) from r`,
  `select jsonb_path_exists(('[' || repeat('1,', 300000) || '1]')::jsonb, '$[*] ? (@ == $[*] ? (@ == 2))')`,
])('ended at the time limit: %s', async (sql) => {
  const call = lab.call(
    'pg_query',
    { sql },
    { limits: { deadlineMs: 700 }, signal: new AbortController().signal },
  );
  await expect(call).rejects.toMatchObject({ code: 'timeout', detail: expect.stringContaining('57014') });
});
