import { expect, test } from 'vitest';
import { TOPOLOGY } from '../call/lab.ts';
import { A, attackLab } from './fixtures/lab.ts';

/** The flaw: one call changes more than anybody meant. The probe allows ten. */
test.each([11, 1_000, 1e300, Number.MAX_SAFE_INTEGER])(
  'a write that could change %d is refused',
  async (n) => {
    const { call, reached } = await attackLab();
    expect(await call('probe_write', { ...A, n })).toMatchObject({ refusedRules: ['within blast radius'] });
    expect(reached()).toEqual([]);
  },
);

test('the topology tightens the radius, and cannot widen it', async () => {
  const of = (radius: number) =>
    attackLab({
      topology: TOPOLOGY.replace('type: probe, host', `type: probe, blast_radius: ${radius}, host`),
    });
  const tight = await of(3);
  expect(await tight.call('probe_write', { ...A, n: 4 })).toMatchObject({ outcome: 'denied' });
  expect(await tight.call('probe_write', { ...A, n: 3 })).toMatchObject({ outcome: 'ok' });
  const wide = await of(1_000);
  expect(await wide.call('probe_write', { ...A, n: 11 })).toMatchObject({ outcome: 'denied' });
});
