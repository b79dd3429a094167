import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { insert } from '../../../src/services/clickhouse/tools/insert.ts';
import { insertKeyed } from '../../../src/services/clickhouse/tools/insert-keyed.ts';
import { type ClickHouseLab, type Lab, openLab } from './lab.ts';
import { program } from './server.ts';

const KEYS = { orders: 'id', named: 'name', marked: 'u', small: 'id', summed: 'id', fed: 'id' };

describe.skipIf(!program)('inserting into ClickHouse', () => {
  let lab: Lab;
  let olap: ClickHouseLab;
  const state = async (table: string) =>
    (await lab.server.run(`SELECT * FROM shop.${table}`)).split('\n').sort().join('\n').trim();
  beforeAll(async () => {
    lab = await openLab();
    for (const statement of [
      'CREATE TABLE shop.named (name String, n Nullable(Int32)) ENGINE = MergeTree ORDER BY tuple()',
      'CREATE TABLE shop.marked (u UUID, n UInt8) ENGINE = MergeTree ORDER BY tuple()',
      'CREATE TABLE shop.small (id Int8) ENGINE = MergeTree ORDER BY id',
      'CREATE TABLE shop.summed (id UInt64) ENGINE = SummingMergeTree ORDER BY id',
    ])
      await lab.server.run(statement);
    olap = lab.open({ shop: { keys: KEYS } });
  });
  beforeEach(async () => {
    for (const table of ['orders', 'named', 'marked', 'small'])
      await lab.server.run(`TRUNCATE TABLE shop.${table}`);
    await lab.server.run("INSERT INTO shop.orders (id, note) VALUES (1, 'one'), (2, 'two')");
  });
  afterAll(() => lab.close());

  test('rows arrive with every kind of value, and what is left out gets its default', async () => {
    const rows = [
      {
        id: '18446744073709551615',
        note: 'tab\t\'quote\' "double" \\ é\u0000 {id:UInt8}',
        tags: ['a', "'); DROP TABLE shop.orders; --"],
        price: 1.25,
      },
      { id: 5, note: '', tags: [], price: null },
    ];
    const { output } = await olap.write(insert, 'shop', { table: 'orders', rows });
    expect(output).toEqual({ table: 'orders', inserted: 2 });
    const found = JSON.parse(
      await lab.server.run(
        'SELECT id, note, tags, price, at, double FROM shop.orders WHERE id > 2 ORDER BY id FORMAT JSONCompact',
      ),
    );
    expect(found.data).toEqual([
      ['5', '', [], null, '0000-00-00 00:00:00', '10'],
      [
        '18446744073709551615',
        rows[0]?.note,
        rows[0]?.tags,
        1.25,
        '0000-00-00 00:00:00',
        '18446744073709551614',
      ],
    ]);
  });

  test('what no row names gets its default; rows that name different columns are refused', async () => {
    await olap.write(insert, 'shop', { table: 'orders', rows: [{ id: 6 }, { id: 7 }] });
    expect(await lab.server.run('SELECT DISTINCT note FROM shop.orders WHERE id IN (6, 7)')).toBe('none\n');
    const uneven = { table: 'orders', rows: [{ id: 8 }, { id: 9, note: 'x' }] };
    await expect(olap.write(insert, 'shop', uneven)).rejects.toMatchObject({ code: 'invalid_arguments' });
  });

  test.each([
    [{ id: 'x' }, 'query_failed'],
    [{ id: 5, price: 'cheap' }, 'query_failed'],
    [{ id: 5, tags: 'no list' }, 'query_failed'],
    [{ id: 5, nope: 1 }, 'invalid_arguments'],
    [{ id: 5, double: 1 }, 'invalid_arguments'],
    [{ id: 5, twice: 1 }, 'invalid_arguments'],
  ])('%j is not written', async (row, code) => {
    const before = await state('orders');
    await expect(olap.write(insert, 'shop', { table: 'orders', rows: [row] })).rejects.toMatchObject({
      code,
    });
    expect(await state('orders')).toBe(before);
  });

  test.each(['views', 'by_kind', 'far', 'merged', 'joined', 'fed'])(
    '%s passes rows on, and takes none',
    async (table) => {
      await expect(olap.write(insert, 'shop', { table, rows: [{ id: 1 }] })).rejects.toMatchObject({
        code: 'query_refused',
      });
    },
  );

  test('keyed rows are written and taken back, and others stay', async () => {
    const before = await state('orders');
    const args = {
      table: 'orders',
      rows: [
        { id: 10, note: 'ten' },
        { id: '11', note: '' },
      ],
    };
    const written = await olap.write(insertKeyed, 'shop', args);
    expect(written.output).toEqual({ table: 'orders', inserted: 2, reversible: true });
    expect(await state('orders')).not.toBe(before);
    await olap.revert(insertKeyed, 'shop', args, written);
    expect(await state('orders')).toBe(before);
    await olap.revert(insertKeyed, 'shop', args, written);
    expect(await state('orders')).toBe(before);
    // What was taken back can be written again, in spite of the server's memory for equal inserts.
    expect((await olap.write(insertKeyed, 'shop', args)).output.reversible).toBe(true);
  });

  test('a key that is there already is not written again', async () => {
    const before = await state('orders');
    const args = { table: 'orders', rows: [{ id: 3 }, { id: 2 }] };
    await expect(olap.write(insertKeyed, 'shop', args)).rejects.toMatchObject({ code: 'conflict' });
    expect(await state('orders')).toBe(before);
  });

  test.each([
    ['changed', "ALTER TABLE shop.orders UPDATE note = 'theirs' WHERE id = 10"],
    ['took away one of', 'ALTER TABLE shop.orders DELETE WHERE id = 10'],
    ['added to', "INSERT INTO shop.orders (id, note) VALUES (11, 'theirs')"],
  ])('rows that somebody %s stay as they are', async (_, change) => {
    const args = {
      table: 'orders',
      rows: [
        { id: 10, note: 'ten' },
        { id: 11, note: '' },
      ],
    };
    const written = await olap.write(insertKeyed, 'shop', args);
    const mine = await state('orders');
    await lab.server.run(change);
    await expect.poll(() => state('orders')).not.toBe(mine);
    const theirs = await state('orders');
    await expect(olap.revert(insertKeyed, 'shop', args, written)).rejects.toMatchObject({ code: 'conflict' });
    expect(await state('orders')).toBe(theirs);
  });

  test('somebody who writes the same key meanwhile keeps it', async () => {
    const args = { table: 'orders', rows: [{ id: 10, note: 'mine' }] };
    const between = async () =>
      void (await lab.server.run("INSERT INTO shop.orders (id, note) VALUES (10, 'theirs')"));
    const written = await olap.write(insertKeyed, 'shop', args, { between });
    expect(written).toMatchObject({ output: { reversible: false }, after: null });
    const both = await state('orders');
    await expect(olap.revert(insertKeyed, 'shop', args, written)).rejects.toMatchObject({ code: 'conflict' });
    expect(await state('orders')).toBe(both);
  });

  test('a torn record takes back nothing that is there', async () => {
    const args = { table: 'orders', rows: [{ id: 10 }] };
    const { before } = await olap.write(insertKeyed, 'shop', args);
    const mine = await state('orders');
    await expect(olap.revert(insertKeyed, 'shop', args, { before, after: null })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await state('orders')).toBe(mine);
  });

  test.each([
    [
      'named',
      [
        { name: "it's\\ '); --", n: 1 },
        { name: 'ü\u0001\u0085', n: null },
      ],
    ],
    ['marked', [{ u: '0a1b2c3d-0000-4000-8000-00000000ffff', n: 1 }]],
    ['small', [{ id: -128 }, { id: '127' }]],
  ])('the key of %s', async (table, rows) => {
    const written = await olap.write(insertKeyed, 'shop', { table, rows });
    expect(written.output.reversible).toBe(true);
    expect(await state(table)).not.toBe('');
    await olap.revert(insertKeyed, 'shop', { table, rows }, written);
    expect(await state(table)).toBe('');
  });

  test.each([
    ['orders', [{ note: 'no key' }], 'invalid_arguments'],
    ['orders', [{ id: null }], 'invalid_arguments'],
    ['orders', [{ id: '18446744073709551616' }], 'invalid_arguments'],
    ['orders', [{ id: -1 }], 'invalid_arguments'],
    ['orders', [{ id: '010' }], 'invalid_arguments'],
    ['orders', [{ id: '1) OR (1' }], 'invalid_arguments'],
    ['orders', [{ id: 20 }, { id: '20' }], 'invalid_arguments'],
    ['small', [{ id: 300 }], 'invalid_arguments'],
    ['marked', [{ u: '0A1B2C3D-0000-4000-8000-00000000FFFF' }], 'invalid_arguments'],
    ['summed', [{ id: 1 }], 'conflict'],
    ['fed', [{ id: 1 }], 'query_refused'],
    ['kept', [{ n: 1 }], 'invalid_arguments'],
  ])('into %s, %j is refused before anything is written', async (table, rows, code) => {
    lab.tap.forget();
    await expect(olap.write(insertKeyed, 'shop', { table, rows })).rejects.toMatchObject({ code });
    expect(lab.sent()).not.toContain('INSERT');
  });

  test('a lost answer leaves open whether the rows are there', async () => {
    const { openDoubtful } = await import('./doubtful.ts');
    const doubtful = await openDoubtful(lab.server.port);
    const through = lab.open({ shop: { keys: KEYS } }, { port: doubtful.port });
    await expect(
      through.write(insert, 'shop', { table: 'orders', rows: [{ id: 77 }] }),
    ).rejects.toMatchObject({ code: 'outcome_unknown' });
    await expect.poll(() => lab.server.run('SELECT count() FROM shop.orders WHERE id = 77')).toBe('1\n');
    await doubtful.close();
  });

  test.each([1, 2, 3, 4, 5])('whatever was written comes back, in reverse order (seed %i)', async (seed) => {
    const next = numbers(seed);
    const states = [await state('orders')];
    const undo: (() => Promise<void>)[] = [];
    for (let step = 0; step < 6; step += 1) {
      const ids = [...new Set(Array.from({ length: 1 + (next() % 4) }, () => 3 + (next() % 20)))];
      const named = next() % 2 === 1;
      const rows = ids.map((id) => ({
        id,
        ...(named ? { note: `n${next()}` } : {}),
        tags: ['t'].slice(next() % 2),
      }));
      const args = { table: 'orders', rows };
      try {
        const written = await olap.write(insertKeyed, 'shop', args);
        undo.push(() => olap.revert(insertKeyed, 'shop', args, written));
        states.push(await state('orders'));
      } catch (error) {
        expect(error).toMatchObject({ code: 'conflict' });
        expect(await state('orders')).toBe(states.at(-1));
      }
    }
    for (const back of undo.toReversed()) {
      expect(await state('orders')).toBe(states.pop());
      await back();
    }
    expect(await state('orders')).toBe(states.pop());
    expect(undo.length).toBeGreaterThan(1);
  });
});

/** Small numbers that are the same for the same seed. */
const numbers = (seed: number) => {
  let at = seed;
  return () => {
    at = (Math.imul(at, 1_103_515_245) + 12_345) >>> 0;
    return at >>> 16;
  };
};
