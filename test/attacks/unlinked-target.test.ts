import { expect, test } from 'vitest';
import { A, attackLab } from './fixtures/lab.ts';

/** The flaw: a target that is drawn but not linked is reached by naming it. */
test.each([
  'vault/a',
  'vault',
  'store',
  'store/',
  'store/c',
  'store/a/',
  'STORE/A',
  'store/a ',
  'store/a\u0000',
  'store/../vault/a',
  'helper',
  'stack',
  '',
  '__proto__',
])('%j is not reached', async (target) => {
  const { call, reached } = await attackLab();
  for (const tool of ['probe_read', 'probe_write', 'probe_burn'])
    expect(await call(tool, { target, key: 'k' })).toMatchObject({ outcome: 'denied' });
  expect(reached()).toEqual([]);
});

test.each([[['store/a']], [{ name: 'store/a' }], [null], [0], [true]])(
  'a target of another type, %j, reaches nothing',
  async (target) => {
    const { call, reached } = await attackLab();
    expect(await call('probe_read', { ...A, target })).toMatchObject({ outcome: 'denied' });
    expect(reached()).toEqual([]);
  },
);
