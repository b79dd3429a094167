import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/postgres/database.ts';
import { migrate } from '../../src/store/postgres/migrate.ts';
import { MIGRATIONS } from '../../src/store/postgres/migrations/index.ts';
import { openSchema } from './database.ts';

let at: Awaited<ReturnType<typeof openSchema>>;
beforeEach(async () => {
  at = await openSchema();
});
afterEach(() => at.close());

const later = { number: MIGRATIONS.length + 1, name: 'later', sql: 'create table later (a int)' };

test('eight replicas that start at once migrate once', async () => {
  const others = await Promise.all(Array.from({ length: 8 }, () => openDatabase(at)));
  const applied = await Promise.all(others.map((one) => migrate(one, at.schema)));
  expect(applied.flat()).toEqual(MIGRATIONS);
  const { rows } = await at.direct.query('select number, name from migration order by number');
  expect(rows).toEqual(MIGRATIONS.map(({ number, name }) => ({ number, name })));
  await Promise.all(others.map((one) => one.close()));
});

test('a release works on the schema of a newer one that only added to it, and not on any other', async () => {
  await migrate(at.database, at.schema, [...MIGRATIONS, { ...later, worksFrom: MIGRATIONS.length }]);
  expect(await migrate(at.database, at.schema)).toEqual([]);
  await at.direct.query('update migration set works_from = number where name = $1', ['later']);
  await expect(migrate(at.database, at.schema)).rejects.toThrow(/newer release.*'later'/);
});

test('a step that is not the one that was applied is refused', async () => {
  await migrate(at.database, at.schema);
  const [first, ...rest] = MIGRATIONS;
  if (!first) throw new Error('there is no first step');
  const changed = [{ ...first, sql: `${first.sql} -- and more` }, ...rest];
  await expect(migrate(at.database, at.schema, changed)).rejects.toThrow(/step 1 .* changed by hand/);
});

test('a step that fails leaves nothing of itself', async () => {
  const bad = { ...later, worksFrom: 1, sql: 'create table half (a int); select 1 / 0' };
  await expect(migrate(at.database, at.schema, [...MIGRATIONS, bad])).rejects.toThrow(/did not do it/);
  const { rows } = await at.direct.query('select to_regclass($1) as half', [`${at.schema}.half`]);
  expect(rows).toEqual([{ half: null }]);
});

test('what a database says in an error never shows its address or password', async () => {
  const away = await openDatabase({ url: 'postgresql://me:topsecret@127.0.0.1:1/none', schema: 'x' });
  const failure: unknown = await away.query('select 1').catch((error: unknown) => error);
  expect(String(failure)).toBe('StoreError: the database did not do it (ECONNREFUSED)');
  await away.close();
});
