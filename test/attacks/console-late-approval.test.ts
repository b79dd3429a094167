import { expect, onTestFinished, test } from 'vitest';
import { serveHttp } from '../../src/server/http.ts';
import { openShop } from '../console/shop.ts';
import { gateOn } from '../harness/gate-files.ts';

/** The flaw: a question that lay around is answered when nobody remembers what it was about. */
test('a request that expired is not answered, and the write is not made', async () => {
  const { fixture } = await openShop();
  const shred = () => fixture.call('box_shred', { target: 'store/orders', key: 'k' }, { as: 'triage' });
  await shred();
  const [asked] = await fixture.stackward.approvals.list();
  // The same data directory, sixteen minutes later by its clock.
  const later = gateOn(fixture.dataDir, { now: () => Date.now() + 16 * 60_000 }).approvals;
  const serving = await serveHttp(
    { ...fixture.stackward, approvals: later },
    { port: 0, localOperator: true },
  );
  onTestFinished(() => serving.close());
  const answer = await fetch(`${serving.url}/console/api/approvals/decide`, {
    method: 'POST',
    headers: { origin: serving.url, 'content-type': 'application/json' },
    body: JSON.stringify({ id: asked?.id, decision: 'approved', reason: 'late' }),
  });
  expect(answer.status).toBe(409);
  expect(await answer.text()).toMatch(/is expired, so it cannot be decided/);
  await shred();
  expect(fixture.box.ran.get('box_shred')).toBeUndefined();
});

test.each([
  ['an id that nobody asked for', { id: 'aaaaaaaaaaaa', decision: 'approved', reason: 'x' }],
  ['a path', { id: '../tokens', decision: 'approved', reason: 'x' }],
  ['no reason', { decision: 'approved', reason: ' ' }],
  ['another decision', { decision: 'yes', reason: 'x' }],
  ['one field more', { decision: 'approved', reason: 'x', by: 'somebody else' }],
])('%s decides nothing', async (_name, given) => {
  const { fixture, url } = await openShop();
  await fixture.call('box_shred', { target: 'store/orders', key: 'k' }, { as: 'triage' });
  const { approvals } = fixture.stackward;
  const answer = await fetch(`${url}/console/api/approvals/decide`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ id: (await approvals.list())[0]?.id, ...given }),
  });
  expect([400, 409]).toContain(answer.status);
  expect((await approvals.list())[0]?.state).toBe('waiting');
});
