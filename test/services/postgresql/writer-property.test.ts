import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWriteLab, type WriteLab } from '../../attacks/fixtures/pg-write-lab.ts';
import { Chance, CONDITIONS, makeTable, PREPARATION, randomWrite } from './random-table.ts';

let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab(PREPARATION);
});
afterAll(() => lab.close());

const SEEDS = Array.from({ length: 40 }, (_, at) => 1000 + at);

test.each(SEEDS)('a random write on a random table is taken back to the letter (seed %i)', async (seed) => {
  const chance = new Chance(seed);
  const table = await makeTable((sql) => lab.admin.query(sql), chance, seed);
  for (let id = 1; id <= 8; id += 1) await lab.admin.query(table.rowFrom(chance, id));
  const others = async () =>
    (await lab.admin.query(`select x::text from ${table.name} x where id between 900 and 999 order by id`))
      .rows;
  const state = async () =>
    (await lab.admin.query(`select x::text from ${table.name} x where id < 900 order by id`)).rows;

  const before = await state();
  const sql = randomWrite(chance, table, [...CONDITIONS, 'id = 99']);
  const change = await lab.write({ sql });
  if (change.output.command !== 'UPDATE' && change.output.rows_affected > 0)
    expect(await state()).not.toEqual(before);
  await lab.admin.query(table.rowFrom(chance, 900));
  const meanwhile = await others();
  await lab.revert(change);
  expect(await state()).toEqual(before);
  expect(await others()).toEqual(meanwhile);
});
