import { afterEach, beforeEach, expect, test } from 'vitest';
import { find } from '../../src/services/mongodb/tools/find.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(() => lab.close());

const read = () => lab.mongo.read(find, 'shop', { collection: 'orders', filter: {} });

test.each(['20000000', '2147483647', '99999999999', 'x', '4096,i=20000000'])(
  'a server that asks for %s rounds of hashing gets none, and no proof',
  async (rounds) => {
    lab.twin.rounds = rounds;
    await expect(read()).rejects.toMatchObject({ code: 'login_failed' });
    expect(lab.tap.sent().includes('saslContinue')).toBe(false);
  },
);

test('one that asks as servers do logs in', async () => {
  expect((await read()).documents).toHaveLength(3);
});
