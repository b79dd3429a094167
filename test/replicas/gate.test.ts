import { afterEach, expect, test } from 'vitest';
import { openFixture } from '../server/fixture-service.ts';
import { TOPOLOGY } from '../server/stackward.ts';
import { openReplicas } from './open-replicas.ts';

const env = { MCP_STORE_WRITE_ACCESS: 'true' };
let at: Awaited<ReturnType<typeof openReplicas>>;
afterEach(() => at.close());

/** Two replicas before one and the same service. */
async function two() {
  const { box, services } = openFixture();
  at = await openReplicas(2, { topology: TOPOLOGY, services, env });
  const [a, b] = at.replicas;
  if (!a || !b) throw new Error('there are no two replicas');
  return { a, b, box };
}

test('an approval that was given on one replica lets one call through, on whichever it comes', async () => {
  const { a, b, box } = await two();
  for (let round = 0; round < 50; round += 1) {
    const args = { target: 'store/a', key: `row-${round}` };
    const asked = await (round % 2 ? a : b).call('box_shred', args);
    await a.stackward.approvals.decide(asked.ask?.id ?? '', { decision: 'approved', by: 'ann', reason: '' });
    const answers = await Promise.all([a.call('box_shred', args), b.call('box_shred', args)]);
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['denied', 'ok']);
  }
  expect(box.ran.get('box_shred')).toBe(50);
});

test('the kill switch thrown on one replica stops the next write of the other', async () => {
  const { a, b, box } = await two();
  const put = () => b.call('box_put', { target: 'store/a', key: 'k', value: 'v' });
  expect(await put()).toMatchObject({ outcome: 'ok' });
  await a.stackward.killSwitch.set(true, { by: 'ann', reason: 'an incident' });
  expect(await put()).toMatchObject({ outcome: 'denied', refusedRules: ['writes not stopped'] });
  await a.stackward.killSwitch.set(false, { by: 'ann', reason: 'over' });
  expect(await put()).toMatchObject({ outcome: 'ok' });
  expect(box.ran.get('box_put')).toBe(2);
});

test('a replica with other keys than the rest does not start, and says which differ', async () => {
  await two();
  const { createKeys } = await import('../../src/store/keys.ts');
  createKeys(`${at.folder}/others`);
  await expect(at.open(9, { STACKWARD_KEYS: `${at.folder}/others` })).rejects.toThrow(
    /begun with other keys than those given here \(mask, approvals, diagnoses, request-state, topology, tokens\)/,
  );
  await expect(at.open(9, { STACKWARD_KEYS: '' })).rejects.toThrow(/stackward keys create/);
});

test('whoever can write the database cannot make up an approval', async () => {
  const { a, b, box } = await two();
  const args = { target: 'store/a', key: 'row' };
  const { ask } = await a.call('box_shred', args);
  const decision = {
    id: ask?.id,
    binding: ask?.binding,
    decision: 'approved',
    by: 'mallory',
    reason: '',
    at: new Date().toISOString(),
    mac: 'f'.repeat(64),
  };
  await at.direct?.query(`insert into document (collection, key, content) values ('approvals', $1, $2)`, [
    `${ask?.id}.decision`,
    JSON.stringify(decision),
  ]);
  expect(await b.call('box_shred', args)).toMatchObject({ outcome: 'denied' });
  expect(box.ran.get('box_shred')).toBeUndefined();
});

test('a breaker that opened on one replica is open on the other, and a reset counts on both', async () => {
  const { a, b } = await two();
  const of = ({ stackward }: typeof a) => stackward.breakers.isClosed('store');
  const { ToolError } = await import('../../src/toolset/errors.ts');
  const fail = () =>
    a.stackward.breakers
      .run('store', { running: 1, waiting: 1 }, () => Promise.reject(new ToolError('unreachable', 'gone')))
      .catch(() => {});
  for (let n = 0; n < 5; n += 1) await fail();
  expect(of(a)).toBe(false);
  await expect.poll(() => of(b), { timeout: 5_000 }).toBe(false);
  expect(await b.call('box_get', { target: 'store/a', key: 'k' })).toMatchObject({
    error: { code: 'breaker_open' },
  });
  b.stackward.breakers.reset('store');
  expect(of(b)).toBe(true);
  await expect.poll(() => of(a), { timeout: 5_000 }).toBe(true);
});
