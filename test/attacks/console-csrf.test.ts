import { expect, test } from 'vitest';
import { openShop } from '../console/shop.ts';

const SWITCH = JSON.stringify({ on: true, reason: 'x' });

/** The flaw: a page of somebody else makes the operator's browser decide. Cookies alone do not tell ports apart. */
test.each([
  ['another site', { origin: 'https://evil.example' }],
  ['another port of this machine', { origin: 'http://127.0.0.1:3000' }],
  ['this machine by its other name', { origin: 'http://localhost' }],
  ['a page without an origin', { origin: 'null' }],
  ['no origin at all', {}],
  ['our own origin that the browser calls cross-site', { own: 'yes', 'sec-fetch-site': 'cross-site' }],
  ['our own origin that the browser calls same-site', { own: 'yes', 'sec-fetch-site': 'same-site' }],
])('%s changes nothing and learns nothing', async (_name, given) => {
  const { url, fixture } = await openShop();
  const { own, ...headers } = given as Record<string, string>;
  const from = own ? { ...headers, origin: url } : headers;
  const type = { 'content-type': 'application/json' };
  for (const path of [
    'kill-switch',
    'approvals/decide',
    'versions/rollback',
    'versions/rollback/resume',
    'versions/rollback/abandon',
    'runs/start',
    'breakers/reset',
    'session',
  ]) {
    const { status } = await fetch(`${url}/console/api/${path}`, {
      method: 'POST',
      headers: { ...type, ...from },
      body: SWITCH,
    });
    expect(status, path).toBe(403);
  }
  expect((await fixture.stackward.killSwitch.read()).on).toBe(false);
  if (Object.keys(from).length === 0) return;
  const { status } = await fetch(`${url}/console/api/stack`, { headers: from });
  expect(status).toBe(403);
});

test('a form cannot send what an action takes', async () => {
  const { url, fixture } = await openShop();
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const { status } = await fetch(`${url}/console/api/kill-switch`, {
      method: 'POST',
      headers: { origin: url, 'content-type': type },
      body: SWITCH,
    });
    expect(status).toBe(415);
  }
  expect((await fixture.stackward.killSwitch.read()).on).toBe(false);
});

test('our own page may', async () => {
  const { url, fixture } = await openShop();
  const { status } = await fetch(`${url}/console/api/kill-switch`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: SWITCH,
  });
  expect(status).toBe(200);
  expect((await fixture.stackward.killSwitch.read()).on).toBe(true);
});

test('nothing is changed by a GET, and nobody else may read an answer', async () => {
  const { url, fixture } = await openShop();
  for (const path of ['kill-switch', 'approvals/decide', 'breakers/reset', 'runs/start', 'session/end']) {
    const answer = await fetch(`${url}/console/api/${path}?on=true&reason=x`);
    expect(answer.status, path).toBe(404);
  }
  const { headers } = await fetch(`${url}/console/api/stack`);
  expect(headers.get('access-control-allow-origin')).toBeNull();
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect((await fixture.stackward.killSwitch.read()).on).toBe(false);
});
