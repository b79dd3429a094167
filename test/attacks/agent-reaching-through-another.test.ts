import { expect, test } from 'vitest';
import { TOPOLOGY } from '../call/lab.ts';
import { attackLab } from './fixtures/lab.ts';

const open = () =>
  attackLab({
    topology: TOPOLOGY.replace(
      '  helper:',
      '  spy: {type: agent}\n  other: {type: agent}\n  helper:',
    ).replace(
      'type: uses}',
      'type: uses, drawers: [a]}\n  - {from: other, to: store, type: looks, drawers: [b]}',
    ),
  });

/** The flaw: what one agent's link opened is there for every agent. */
test.each([
  ['spy', 'store/a', false],
  ['spy', 'store/b', false],
  ['other', 'store/a', false],
  ['other', 'store/b', true],
  ['helper', 'store/a', true],
  ['helper', 'store/b', false],
])('%s on %s: %s', async (as, target, isOpen) => {
  const { call, reached } = await open();
  // Others were there first, so that their catalogs and clients are warm.
  await call('probe_read', { target: 'store/a' });
  await call('probe_read', { target: 'store/b' });
  const before = reached().length;
  expect(await call('probe_read', { target }, { as })).toMatchObject({ outcome: isOpen ? 'ok' : 'denied' });
  expect(reached().slice(before)).toEqual(isOpen ? ['read runs'] : []);
});

test.each(['store', 'vault', 'Helper', 'helper ', '', '__proto__', 'constructor'])(
  '%j is no agent to call as',
  async (as) => {
    const { call, reached } = await open();
    expect(await call('probe_read', { target: 'store/a' }, { as })).toMatchObject({
      outcome: 'denied',
      error: { code: 'unauthenticated' },
    });
    expect(reached()).toEqual([]);
  },
);

test('an approval of one agent is nothing to another', async () => {
  const { call, approvals, reached } = await open();
  const args = { target: 'store/a', key: 'k' };
  const { ask } = await call('probe_burn', args, { as: 'helper' });
  await approvals.decide(ask?.id ?? '', { decision: 'approved', by: 'me', reason: '' });
  await call('probe_burn', args, { as: 'other' });
  await call('probe_burn', args, { as: 'spy' });
  await call('probe_burn', args);
  expect(reached()).toEqual([]);
  expect(await call('probe_burn', args, { as: 'helper' })).toMatchObject({ outcome: 'ok' });
});
