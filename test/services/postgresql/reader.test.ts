import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPgLab, type PgLab } from '../../attacks/fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab(`create type mood as enum ('sad', 'happy'); create domain year as int;
    create table moods (m mood, y year, ms mood[]); insert into moods values ('happy', 2024, '{sad,happy}');
    create function stuck() returns trigger language plpgsql as $$ begin return null; end $$;`);
});
afterAll(() => lab.close());

const cell = async (sql: string, params: unknown[] = []) =>
  (await lab.call('pg_query', { sql, params })).rows?.[0]?.[0];

describe('values', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['true', true],
    ['42', 42],
    ['-1::smallint', -1],
    ['1.5::float8', 1.5],
    ["'NaN'::float8", 'NaN'],
    ["'-Infinity'::float4", '-Infinity'],
    ['9007199254740993::bigint', '9007199254740993'],
    ['12345678901234567890.12::numeric', '12345678901234567890.12'],
    ["'NaN'::numeric", 'NaN'],
    ["'a''b'", "a'b"],
    ["'\\x00ff'::bytea", 'AP8='],
    ["''::bytea", ''],
    [`'{"a":[1,null,{"b":"c"}]}'::jsonb`, { a: [1, null, { b: 'c' }] }],
    [`'"text"'::json`, 'text'],
    ["timestamp '2024-02-03 04:05:06.789'", '2024-02-03 04:05:06.789'],
    ["timestamp 'infinity'", 'infinity'],
    ["date '0044-03-15 BC'", '0044-03-15 BC'],
    ["interval '1 year 2 days'", '1 year 2 days'],
    ['array[1, null, 3]', [1, null, 3]],
    [
      'array[[1, 2], [3, 4]]',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [`array['a,b', 'c"d', 'e\\f', 'NULL', null]`, ['a,b', 'c"d', 'e\\f', 'NULL', null]],
    ['array[1::bigint]', ['1']],
    [`array['{"a":1}'::jsonb]`, [{ a: 1 }]],
    ["'{}'::int[]", []],
    ["'{(1,1),(0,0);(2,2),(1,1)}'::box[]", '{(1,1),(0,0);(2,2),(1,1)}'],
    ["'1 2 3'::int2vector", '1 2 3'],
    [`'{"id": 9007199254740993}'::json`, '{"id": 9007199254740993}'],
    [
      `'{"id": 9007199254740992, "f": 0.30000000000000004, "g": -1.20e-3}'::json`,
      { id: 2 ** 53, f: 0.1 + 0.2, g: -0.0012 },
    ],
    [
      `'{"0.12345678901234567890": "\\"9007199254740993"}'::json`,
      { '0.12345678901234567890': '"9007199254740993' },
    ],
    [`'[1e999]'::json`, '[1e999]'],
    [`'[0.12345678901234567890]'::jsonb`, '[0.12345678901234567890]'],
    [`(repeat('[', 500) || repeat(']', 500))::json`, `${'['.repeat(500)}${']'.repeat(500)}`],
    [`(repeat('[', 100) || repeat(']', 100))::json #>> '{}'`, `${'['.repeat(100)}${']'.repeat(100)}`],
    ["'0d9a2f3e-0000-4000-8000-000000000000'::uuid", '0d9a2f3e-0000-4000-8000-000000000000'],
    ["'[1,5)'::int4range", '[1,5)'],
    ['row(1, null)', '(1,)'],
  ])('%s', async (expression, expected) => {
    expect(await cell(`select ${expression}`)).toEqual(expected);
  });

  test('types of users, and their arrays, are named', async () => {
    const { columns, rows } = await lab.call('pg_query', { sql: 'select m, y, ms, m as m from moods' });
    expect(columns?.map(({ type }) => type)).toEqual([
      'public.mood',
      'integer',
      'public.mood[]',
      'public.mood',
    ]);
    expect(rows).toEqual([['happy', 2024, ['sad', 'happy'], 'happy']]);
  });

  test.each<[unknown, string, unknown]>([
    ['x', 'text', 'x'],
    [null, 'text', null],
    [true, 'boolean', true],
    [1.5, 'float8', 1.5],
    [7, 'int', 7],
    ['{1,2}', 'int[]', [1, 2]],
    ["'; drop table orders --", 'text', "'; drop table orders --"],
  ])('the parameter %s', async (value, type, expected) => {
    expect(await cell(`select $1::${type}`, [value])).toEqual(expected);
  });
});

describe('errors', () => {
  test.each([
    ['select 1/0', 'query_failed', /division by zero.*22012/],
    ['select nothing from customers', 'query_failed', /column "nothing" does not exist at character 8/],
    ["select 'x'::int", 'query_failed', /invalid input syntax/],
    ['select $1::int', 'query_failed', /08P01/],
    ['selekt 1', 'query_refused', /syntax error/],
  ])('%s', async (sql, code, words) => {
    const error = await lab.call('pg_query', { sql }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, detail: expect.stringMatching(words) });
  });

  test('an error leaves the connection usable and clean', async () => {
    for (let round = 0; round < 30; round += 1)
      await lab.call('pg_query', { sql: 'select 1/0' }).catch(() => {});
    expect(await cell('select 1')).toBe(1);
  });

  test('many calls at once', async () => {
    const numbers = Array.from({ length: 60 }, (_, n) => n);
    const values = await Promise.all(numbers.map((n) => cell('select $1::int', [n])));
    expect(values).toEqual(numbers);
  });
});

describe('ending a query', () => {
  /** An ordinary query that runs for minutes. */
  const ENDLESS = 'select count(*) from generate_series(1, 1000000) a, generate_series(1, 1000000) b';
  const RUNNING = `from pg_stat_activity where datname = current_database() and state = 'active'
    and query like '%generate_series%' and pid <> pg_backend_pid()`;
  const atWork = async () => (await lab.admin.query(`select count(*)::int as n ${RUNNING}`)).rows[0].n;

  test('the caller’s cancellation ends it in the server', async () => {
    const caller = new AbortController();
    const call = lab.call('pg_query', { sql: ENDLESS }, { signal: caller.signal });
    const ended = expect(call).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(atWork).toBe(1);
    caller.abort();
    await ended;
    await expect.poll(atWork).toBe(0);
  });

  test('the deadline of the call ends it in the server', async () => {
    const call = lab.call('pg_query', { sql: ENDLESS }, { signal: AbortSignal.timeout(700) });
    await expect(call).rejects.toMatchObject({ code: 'timeout' });
    await expect.poll(atWork).toBe(0);
  });

  test('the server ends it by itself at the time limit', async () => {
    const call = lab.call(
      'pg_query',
      { sql: ENDLESS },
      { limits: { deadlineMs: 500 }, signal: new AbortController().signal },
    );
    await expect(call).rejects.toMatchObject({ code: 'timeout', detail: expect.stringContaining('57014') });
  });

  test('a call that was cancelled before it began sends nothing', async () => {
    lab.wire.forget();
    const call = lab.call('pg_query', { sql: 'select 4711' }, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect(lab.wire.sent().includes('select 4711')).toBe(false);
  });

  test('a lost connection is an error, and the next call gets a new one', async () => {
    // A session of the test before may still be on its way out.
    await expect.poll(atWork).toBe(0);
    const call = expect(lab.call('pg_query', { sql: ENDLESS })).rejects.toMatchObject({
      code: 'unreachable',
    });
    await expect.poll(atWork).toBe(1);
    const { rowCount } = await lab.admin.query(`select pg_terminate_backend(pid) ${RUNNING}`);
    expect(rowCount).toBe(1);
    await call;
    expect(await cell('select 1')).toBe(1);
  });
});

describe('round trips', () => {
  test('a known statement goes out in one packet, its cleaning with it', async () => {
    const sql = 'select count(*) from customers';
    await lab.call('pg_query', { sql });
    lab.wire.forget();
    await lab.call('pg_query', { sql });
    const sent = lab.wire.sent().toString('latin1');
    expect(sent.indexOf('READ ONLY')).toBeGreaterThan(0);
    expect(sent.indexOf('set_config')).toBeGreaterThan(sent.indexOf('READ ONLY'));
    expect(sent.indexOf(sql)).toBeGreaterThan(sent.indexOf('set_config'));
    expect(sent.indexOf('ROLLBACK')).toBeGreaterThan(sent.indexOf(sql));
    expect(sent.indexOf('DISCARD ALL')).toBeGreaterThan(sent.indexOf('ROLLBACK'));
    // Sync, which ends a packet: one, and nothing after it.
    expect(sent.match(/READ ONLY/g)).toHaveLength(1);
    expect(sent.indexOf('S\0\0\0\x04')).toBe(sent.length - 5);
  });
});
