import { expect, test } from 'vitest';
import { A, attackLab } from './fixtures/lab.ts';

/** The flaw: a write that names everything at once. */
test.each(['*', '%', 'a*', 'row?', 'x%y', '**/*'])('a write on %j is refused', async (text) => {
  const { call, reached } = await attackLab();
  expect(await call('probe_write', { ...A, text })).toMatchObject({
    outcome: 'denied',
    refusedRules: ['explicit scope'],
  });
  expect(reached()).toEqual([]);
});
