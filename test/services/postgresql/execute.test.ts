import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { execute } from '../../../src/services/postgresql/tools/execute.ts';
import { openWriteLab, type WriteLab } from '../../attacks/fixtures/pg-write-lab.ts';

let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab(`
    create table stock (region text, sku int, kept int not null, doubled int generated always as (kept * 2) stored,
      places text[], photo bytea, primary key (region, sku));
    create table parts (id int generated always as identity primary key, whole int references parts, label text unique);
    create table visits (at date, n int, primary key (at, n)) partition by range (at);
    create table visits_24 partition of visits for values from ('2024-01-01') to ('2025-01-01');
    create table visits_25 partition of visits for values from ('2025-01-01') to ('2026-01-01');
    create type mood as enum ('low', 'high');
    create table moods (mood mood primary key, note text);
  `);
});
afterAll(() => lab.close());
beforeEach(async () => {
  await lab.admin.query(`truncate stock, parts, visits, moods restart identity;
    insert into stock (region, sku, kept, places, photo) values ('eu', 1, 10, array['a', null], '\\x00ff'), ('eu', 2, 20, '{}', null), ('us', 1, 30, null, null);
    insert into parts (whole, label) values (null, 'car'), (1, 'wheel'), (2, 'rim');
    insert into visits values ('2024-05-01', 1), ('2025-05-01', 2);
    insert into moods values ('low', 'rain'), ('high', 'sun')`);
});

describe('what a write answers', () => {
  test('an UPDATE says how many rows changed and gives the columns that RETURNING asks for', async () => {
    const { output } = await lab.write({
      sql: 'update stock s set kept = kept + $1 where region = $2 returning s.sku as number, kept, doubled, places, photo',
      params: [5, 'eu'],
    });
    expect(output).toEqual({
      command: 'UPDATE',
      table: 'public.stock',
      rows_affected: 2,
      columns: ['number', 'kept', 'doubled', 'places', 'photo'],
      rows: [
        [1, 15, 30, ['a', null], 'AP8='],
        [2, 25, 50, [], null],
      ],
    });
    expect(await lab.rowsOf('stock')).toContain('(eu,1,15,30');
  });

  test('a DELETE gives the rows that are gone', async () => {
    const { output } = await lab.write({ sql: "delete from stock where region = 'us' returning *" });
    expect(output.rows).toEqual([['us', 1, 30, 60, null, null]]);
    expect(await lab.rowsOf('stock')).not.toContain('us');
  });

  test('an INSERT gives what the server filled in', async () => {
    const { output } = await lab.write({
      sql: 'insert into parts (label) values ($1), ($2) returning id, label',
      params: ["o'clock", 'ünï'],
    });
    expect(output.rows).toEqual([
      [4, "o'clock"],
      [5, 'ünï'],
    ]);
  });

  test('an INSERT that conflicts can do nothing, and says that no row changed', async () => {
    const { output, after } = await lab.write({
      sql: "insert into moods values ('low', 'x') on conflict (mood) do nothing returning *",
    });
    expect(output).toMatchObject({ rows_affected: 0, rows: [] });
    expect(after).toMatchObject({ rows: [] });
  });

  test('arrays, objects and nulls go in as parameters', async () => {
    await lab.write({
      sql: 'update stock set places = $1 where region = $2',
      params: [['x', null, '"q",\\'], 'us'],
    });
    const { rows } = await lab.admin.query("select places from stock where region = 'us'");
    expect(rows[0].places).toEqual(['x', null, '"q",\\']);
  });

  test('the scope names the table, in the only schema when none is written', async () => {
    const target = lab.reading().target;
    const scope = await execute.scope(
      target,
      execute.params.parse({ sql: 'delete from stock where sku = 1' }),
    );
    expect(scope).toEqual({ resources: [`shop-db/${lab.database}.public.stock`], atMost: 100 });
    const wide = { ...target, scope: { schemas: ['public', 'private'] } };
    await expect(
      (async () => execute.scope(wide, execute.params.parse({ sql: 'delete from stock where sku = 1' })))(),
    ).rejects.toMatchObject({ code: 'query_refused' });
  });
});

describe('the way back', () => {
  const WRITES: readonly (readonly [string, string, string])[] = [
    [
      'values of every kind',
      'stock',
      "update stock set kept = 0, places = array['z'], photo = '\\x01' where kept > 5",
    ],
    ['a composite key', 'stock', "delete from stock where (region, sku) in (('eu', 1), ('us', 1))"],
    ['numbers that only the server gives', 'parts', 'delete from parts where id >= 1'],
    [
      'rows that refer to each other',
      'parts',
      "insert into parts (id, whole, label) overriding system value values (9, 8, 'b'), (8, null, 'a')",
    ],
    [
      'a unique value that wandered',
      'parts',
      "update parts set label = case id when 1 then 'car' else 'new' || id end where id in (1, 2)",
    ],
    ['a row that is left as it was', 'parts', 'update parts set label = label where id = 1'],
    ['rows of partitions', 'visits', 'delete from visits where n > 0'],
    ['an enum as key', 'moods', "update moods set note = null where mood = 'low'"],
    ['no row at all', 'moods', "delete from moods where note = 'snow'"],
    ['multiple assignment', 'stock', "update stock set (kept, places) = (1, default) where region = 'eu'"],
  ];
  test.each(WRITES)('brings back %s', async (_, table, sql) => {
    const before = await lab.rowsOf(table);
    const change = await lab.write({ sql });
    const changed = await lab.rowsOf(table);
    if (change.output.rows_affected > 0 && !sql.includes('label = label')) expect(changed).not.toBe(before);
    await lab.revert(change);
    expect(await lab.rowsOf(table)).toBe(before);
  });

  test('leaves what others changed besides', async () => {
    const change = await lab.write({ sql: "update stock set kept = 1 where region = 'eu'" });
    await lab.admin.query(
      "update stock set kept = 77 where region = 'us'; insert into stock values ('as', 1, 5)",
    );
    await lab.revert(change);
    const { rows } = await lab.admin.query('select region, sku, kept from stock order by 1, 2');
    expect(rows.map(({ region, sku, kept }) => `${region}${sku}=${kept}`)).toEqual([
      'as1=5',
      'eu1=10',
      'eu2=20',
      'us1=77',
    ]);
  });

  const INTERFERENCE: readonly (readonly [string, string, string])[] = [
    [
      'updated a row since',
      'update stock set kept = 1 where sku = 1',
      "update stock set kept = 2 where region = 'us'",
    ],
    [
      'deleted a row since',
      'update stock set kept = 1 where sku = 1',
      "delete from stock where region = 'us'",
    ],
    [
      'changed an inserted row',
      "insert into stock values ('us', 9, 1), ('eu', 9, 1)",
      "update stock set kept = 3 where sku = 9 and region = 'us'",
    ],
    [
      'took the place of a deleted row',
      'delete from stock where sku = 1',
      "insert into stock values ('us', 1, 5)",
    ],
  ];
  test.each(INTERFERENCE)('changes nothing when somebody %s', async (_, sql, meanwhile) => {
    const change = await lab.write({ sql });
    await lab.admin.query(meanwhile);
    const state = await lab.rowsOf('stock');
    await expect(lab.revert(change)).rejects.toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('region=us'),
    });
    expect(await lab.rowsOf('stock')).toBe(state);
  });

  test('does not delete an inserted row that others refer to since', async () => {
    const change = await lab.write({ sql: "insert into parts (label) values ('engine')" });
    await lab.admin.query("insert into parts (whole, label) values (4, 'piston')");
    const state = await lab.rowsOf('parts');
    await expect(lab.revert(change)).rejects.toMatchObject({ code: 'conflict' });
    expect(await lab.rowsOf('parts')).toBe(state);
  });

  test('does not guess when the table has other columns since', async () => {
    const change = await lab.write({ sql: "update moods set note = 'x' where mood = 'low'" });
    await lab.admin.query('alter table moods add column extra int');
    await expect(lab.revert(change)).rejects.toMatchObject({ code: 'conflict' });
    await lab.admin.query('alter table moods drop column extra');
    await lab.revert(change);
    expect(await lab.rowsOf('moods')).toContain('rain');
  });
});

describe('what fails before COMMIT leaves nothing', () => {
  test('the after-image cannot be recorded', async () => {
    const before = await lab.rowsOf('stock');
    await expect(
      lab.write(
        { sql: 'delete from stock where sku = 1' },
        { beforeCommit: () => Promise.reject(new Error('disk full')) },
      ),
    ).rejects.toThrow('disk full');
    expect(await lab.rowsOf('stock')).toBe(before);
  });

  test('the connection is lost between the write and its COMMIT', async () => {
    const before = await lab.rowsOf('stock');
    const kill = () =>
      lab.admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'stackward client'`);
    await expect(
      lab.write({ sql: 'delete from stock where sku = 1' }, { beforeCommit: kill }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^(unreachable|outcome_unknown)$/) });
    expect(await lab.rowsOf('stock')).toBe(before);
  });

  test('the call is cancelled', async () => {
    const before = await lab.rowsOf('stock');
    const controller = new AbortController();
    const options = { signal: controller.signal, beforeCommit: async () => controller.abort() };
    await expect(lab.write({ sql: 'delete from stock where sku = 1' }, options)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await lab.rowsOf('stock')).toBe(before);
  });

  test('somebody else changed a row that the snapshot has otherwise', async () => {
    const other = await lab.session();
    await other.query("begin; update stock set kept = 11 where region = 'us'");
    const writing = lab.write({ sql: 'delete from stock where sku = 1' });
    const refused = expect(writing).rejects.toMatchObject({ code: 'conflict' });
    await expect
      .poll(
        async () =>
          (await lab.admin.query('select count(*)::int as n from pg_locks where not granted')).rows[0].n,
      )
      .toBe(1);
    await other.query('commit');
    await refused;
    expect(await lab.rowsOf('stock')).toContain('(us,1,11');
  });

  test('a row that the capture locked cannot change before the write', async () => {
    const other = await lab.session();
    await other.query("set lock_timeout = '100ms'");
    const meanwhile = () =>
      expect(other.query("update stock set kept = 1 where region = 'us'")).rejects.toThrow(/lock timeout/);
    const { output } = await lab.write(
      { sql: "delete from stock where region = 'us'" },
      { between: meanwhile },
    );
    expect(output.rows_affected).toBe(1);
  });

  test('values that two rows exchanged under a deferrable constraint come back', async () => {
    await lab.admin.query(
      'create table seats (id int primary key, seat int unique deferrable); insert into seats values (1, 1), (2, 2)',
    );
    const before = await lab.rowsOf('seats');
    const change = await lab.write({ sql: 'update seats set seat = 3 - seat where id in (1, 2)' });
    expect(await lab.rowsOf('seats')).not.toBe(before);
    await lab.revert(change);
    expect(await lab.rowsOf('seats')).toBe(before);
  });

  test('a deferred constraint fails before anything is recorded', async () => {
    await lab.admin.query(
      'alter table parts add constraint later unique (whole) deferrable initially deferred',
    );
    const recorded: string[] = [];
    await expect(
      lab.write(
        { sql: 'update parts set whole = 2 where id in (2, 3)' },
        { beforeCommit: async () => void recorded.push('after') },
      ),
    ).rejects.toMatchObject({ code: 'query_failed' });
    expect(recorded).toEqual([]);
    await lab.admin.query('alter table parts drop constraint later');
  });
});
