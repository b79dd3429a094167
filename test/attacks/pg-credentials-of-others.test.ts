import { afterAll, beforeAll, expect, test } from 'vitest';
import { activeQueries } from '../../src/services/postgresql/tools/active-queries.ts';
import { locks } from '../../src/services/postgresql/tools/locks.ts';
import { topQueries } from '../../src/services/postgresql/tools/top-queries.ts';
import { openWriteLab, type WriteLab } from './fixtures/pg-write-lab.ts';

// What other sessions ran is shown, and people put credentials into what they run.
const STATEMENTS = [
  `select 1 -- password = 'hunter2'`,
  `alter role no_such_role password 'hunter2'`,
  `create user mapping for current_user server no_such_server options (user 'x', password 'hunter2')`,
  `create subscription no_such connection 'host=127.0.0.1 password=hunter2' publication p with (connect = false, slot_name = none, bad)`,
  `select * from dblink('dbname=x password=hunter2', 'select 1') as t(a int)`,
  `select crypt(E'hunter2', gen_salt('bf'))`,
  `select pgp_sym_encrypt('x', $key$hunter2$key$)`,
  `select 'hunter2' as api_key`,
];

let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab('create extension pg_stat_statements');
});
afterAll(() => lab.close());

test.each(STATEMENTS)('not shown: %s', async (sql) => {
  const client = await lab.session();
  await client.query('begin');
  await client.query(sql).catch(() => {});
  const { sessions } = await activeQueries.run(lab.reading(), { include_idle: true, min_seconds: 0 });
  const texts = sessions.map(({ query }) => query ?? '');
  expect(texts.some((text) => text.includes(sql.slice(0, 6)) && text.includes('cut'))).toBe(true);
  expect(texts.join()).not.toContain('hunter2');
  await client.query('rollback');
  await client.end();
});

test('not shown while it waits for a lock', async () => {
  const [holder, waiter] = [await lab.session(), await lab.session()];
  await holder.query('begin; update customers set name = name where id = 1');
  const waiting = waiter.query(`update customers set name = 'token hunter2' where id = 1`);
  await expect.poll(async () => (await locks.run(lab.reading(), {})).sessions.length).toBe(2);
  const { sessions } = await locks.run(lab.reading(), {});
  expect(JSON.stringify(sessions)).toContain('update customers set name = ...');
  expect(JSON.stringify(sessions)).not.toContain('hunter2');
  await holder.query('rollback');
  await waiting;
});

test('not shown among the costliest queries', async () => {
  await lab.admin.query(`create role hunter_role_${lab.database} password 'hunter2'`);
  await lab.admin.query(`drop role hunter_role_${lab.database}`);
  const { queries } = await topQueries.run(lab.reading(), { order_by: 'calls', limit: 100 });
  expect(JSON.stringify(queries)).toContain('create role hunter_role_');
  expect(JSON.stringify(queries)).not.toContain('hunter2');
});

test('an ordinary query is shown whole', async () => {
  const client = await lab.session();
  await client.query(`begin`);
  await client.query(`select 'plain', $$word$$`);
  const { sessions } = await activeQueries.run(lab.reading(), { include_idle: true, min_seconds: 0 });
  expect(sessions.map(({ query }) => query)).toContain(`select 'plain', $$word$$`);
  await client.query('rollback');
});
