import { expect, test } from 'vitest';
import { openMockShop } from '../console/mock-shop.ts';
import { openShop } from '../console/shop.ts';

const START = { scenario: 'bad-deploy' };
const HEADERS = { 'content-type': 'application/json' };

/** The flaw: incidents are started in a production server, or by who may not decide. */
test('a server that is no demonstration starts nothing, with and without a triage', async () => {
  const { incidents } = await openMockShop();
  const { drills: _demonstration, ...ofProduction } = incidents;
  for (const given of [{}, { incidents: ofProduction }]) {
    const { url } = await openShop(given);
    const answer = await fetch(`${url}/console/api/runs/start`, {
      method: 'POST',
      headers: { ...HEADERS, origin: url },
      body: JSON.stringify(START),
    });
    expect(answer.status).toBe(404);
    expect(await (await fetch(`${url}/console/api/runs`)).json()).not.toHaveProperty('drills');
  }
  expect(incidents.last()).toBe(0);
});

test('in a demonstration only an operator who may decide starts one, and only from its own page', async () => {
  const looking = await openMockShop({ localOperator: false });
  expect((await looking.post('runs/start', START)).status).toBe(403);
  const shop = await openMockShop();
  const { token } = await shop.token('stack');
  const { token: agent } = await shop.token('triage');
  expect((await shop.post('runs/start', START)).status).toBe(401);
  expect((await shop.post('runs/start', START, { authorization: `Bearer ${agent}` })).status).toBe(401);
  const signed = await shop.post('session', { token });
  const cookie = String(signed.headers.get('set-cookie')).split(';')[0] ?? '';
  const other = await shop.post('runs/start', START, { cookie, origin: 'http://127.0.0.1:3000' });
  expect(other.status).toBe(403);
  expect([looking.incidents.last(), shop.incidents.last()]).toEqual([0, 0]);
  expect((await shop.post('runs/start', START, { cookie })).status).toBe(200);
  await expect.poll(() => shop.incidents.last()).toBeGreaterThan(0);
});

test('a name that is no script starts nothing, whatever it looks like', async () => {
  const shop = await openMockShop();
  for (const scenario of ['', '__proto__', 'constructor', '../bad-deploy', 'bad-deploy\u0000', 'BAD-DEPLOY'])
    expect([400, 404]).toContain((await shop.post('runs/start', { scenario })).status);
  expect((await shop.post('runs/start', { ...START, principal: 'stack' })).status).toBe(400);
  expect(shop.incidents.last()).toBe(0);
});
