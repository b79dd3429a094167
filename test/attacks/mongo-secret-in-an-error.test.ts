import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ToolError } from '../../src/toolset/errors.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';
import { readsOf, writesOf } from '../services/mongodb/questions.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  lab.twin.state
    .database('shop')
    .get('orders')
    ?.indexes.push({ v: 2, key: { z: 1 }, name: 'i' });
});
beforeEach(() => lab.forget());
afterAll(() => lab.close());

const COMMANDS = [
  'find',
  'aggregate',
  'explain',
  'listCollections',
  'listIndexes',
  'insert',
  'update',
  'delete',
  'createIndexes',
  'dropIndexes',
];
const CODES = [2, 9, 13, 18, 50, 91, 112, 121, 189, 11000, 40324, 999_999];

test.each(CODES)('the server’s own words of error %i are never passed on', async (code) => {
  for (const name of COMMANDS) lab.twin.fail(name, code, 'hidden value of db-0.internal.example');
  for (const attempt of [...readsOf('orders'), ...writesOf('orders')]) {
    const error: unknown = await attempt(lab.mongo).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ToolError);
    expect(String(error)).not.toMatch(/hidden|internal|twin-pass-word/);
  }
});
