import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  ['NUL', 'select 1\0; drop table orders'],
  ['NUL in a string', "select 'a\0b'"],
  ['a NUL at the end', 'select 1\0'],
  ['half a surrogate pair', "select '\ud800'"],
  ['over 64 KiB', `select '${'x'.repeat(65_536)}'`],
  ['over 64 KiB in bytes, not characters', `select '${'é'.repeat(32_768)}'`],
  ['over 64 KiB of blanks', `select 1${' '.repeat(65_536)}; drop table orders`],
  ['nothing', ' '],
  ['a comment', '-- drop table orders'],
  ['a semicolon', ';'],
])('%s', async (_, sql) => {
  lab.wire.forget();
  await expect(lab.call('pg_query', { sql })).rejects.toThrow(/query_refused|Too big/);
  for (const words of ['drop table', 'xxxx', 'éééé', 'select'])
    expect(lab.wire.sent().includes(words)).toBe(false);
});

test('a parameter with NUL fails and changes nothing', async () => {
  await expect(lab.call('pg_query', { sql: 'select $1::text', params: ['a\0b'] })).rejects.toThrow(
    /query_failed|invalid/,
  );
});

test('a backslash before a quote is read alike by guard and server, whatever the database’s setting', async () => {
  const careless = await openPgLab(`do $$ begin
    execute format('alter database %I set standard_conforming_strings = off', current_database());
    execute format('alter database %I set backslash_quote = on', current_database()); end $$`);
  try {
    // With the setting off the string would go on, and end before the function.
    const text = await careless.call('pg_query', {
      sql: `select 'a\\', $$, pg_read_file('PG_VERSION') --$$`,
    });
    expect(text.rows).toEqual([['a\\', ", pg_read_file('PG_VERSION') --"]]);
    await careless.refused(`select 'a\\', pg_read_file('PG_VERSION') --'`, { neverSent: ['pg_read_file'] });
  } finally {
    await careless.close();
  }
});
