import { request } from 'node:http';
import { expect, test } from 'vitest';
import { openShop } from '../console/shop.ts';

const QUESTIONS = [
  'stack',
  'stack/link?from=triage&to=store&type=uses',
  'audit',
  'audit/record?chain=0001&seq=1',
  'audit/verify',
  'audit/export?format=json',
  'versions',
  'versions/diff?from=1&to=1',
  'versions/plan?to=1',
  'versions/rollback',
  'runs',
  'runs/kept?run=i-1',
  'runs/records?seq=1',
  'runs/events?run=i-1',
  'approvals',
  'health',
  'pulse',
];
const ACTIONS = [
  'approvals/decide',
  'versions/rollback',
  'versions/rollback/resume',
  'versions/rollback/abandon',
  'runs/start',
  'breakers/reset',
  'kill-switch',
];

type Shop = Awaited<ReturnType<typeof openShop>>;
const post = ({ url }: Shop, path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}/console/api/${path}`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** The flaw: somebody who is no operator sees or decides something. */
test('without a session nothing is told and nothing done, whatever the request carries', async () => {
  const shop = await openShop();
  const { token: agent } = await shop.token('triage');
  const { token: operator } = await shop.token('stack');
  const tries: Record<string, string>[] = [
    {},
    { authorization: `Bearer ${agent}` },
    // A bearer token is for programs: a page that could send one needs no cookie.
    { authorization: `Bearer ${operator}` },
    { cookie: `stackward-console-${new URL(shop.url).port}=${operator}` },
    { cookie: `stackward-console-${new URL(shop.url).port}=` },
    { cookie: 'stackward-console=x; operator=stack' },
  ];
  for (const headers of tries) {
    for (const path of QUESTIONS) {
      const answer = await fetch(`${shop.url}/console/api/${path}`, { headers });
      expect(answer.status, path).toBe(401);
      expect(await answer.text()).not.toMatch(/store|triage/);
    }
    for (const path of ACTIONS)
      expect((await post(shop, path, { on: true, reason: 'x' }, headers)).status, path).toBe(401);
  }
  expect((await shop.fixture.stackward.killSwitch.read()).on).toBe(false);
});

test('an agent’s token signs nobody in', async () => {
  const shop = await openShop();
  const { token } = await shop.token('triage');
  for (const given of [token, '', 'stack', `${token} `, { toString: 'stack' }, null]) {
    const answer = await post(shop, 'session', { token: given });
    expect([400, 401]).toContain(answer.status);
    expect(answer.headers.get('set-cookie')).toBeNull();
  }
});

test('where deciding was not opened, a stranger on this machine only looks', async () => {
  const shop = await openShop({ localOperator: false });
  expect((await fetch(`${shop.url}/console/api/stack`)).status).toBe(200);
  for (const path of ACTIONS)
    expect((await post(shop, path, { on: true, reason: 'x' })).status, path).toBe(403);
  expect((await shop.fixture.stackward.killSwitch.read()).on).toBe(false);
});

test('an agent that is served without a token sees nothing, though the flag is there', async () => {
  const shop = await openShop({ principal: 'triage', localOperator: true });
  for (const path of QUESTIONS)
    expect((await fetch(`${shop.url}/console/api/${path}`)).status, path).toBe(401);
  for (const path of ACTIONS)
    expect((await post(shop, path, { on: true, reason: 'x' })).status, path).toBe(401);
});

test('a session ends with its token, and when it was signed out', async () => {
  const shop = await openShop();
  const { id, token } = await shop.token('stack');
  await shop.token('stack');
  const signIn = async () => {
    const answer = await post(shop, 'session', { token });
    return String(answer.headers.get('set-cookie')).split(';')[0] ?? '';
  };
  const looks = async (cookie: string) =>
    (await fetch(`${shop.url}/console/api/stack`, { headers: { cookie } })).status;
  const [first, second] = [await signIn(), await signIn()];
  expect([await looks(first), await looks(second)]).toEqual([200, 200]);
  await post(shop, 'session/end', {}, { cookie: first });
  expect([await looks(first), await looks(second)]).toEqual([401, 200]);
  await shop.tokens.remove(id);
  expect(await looks(second)).toBe(401);
});

test('a path leads to nothing but the page’s own files', async () => {
  const shop = await openShop();
  const { port } = new URL(shop.url);
  const raw = (path: string) =>
    new Promise<string>((resolve, reject) => {
      request({ port, host: '127.0.0.1', path }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(`${response.statusCode} ${text}`));
      })
        .on('error', reject)
        .end();
    });
  for (const path of [
    '/console/../../../etc/passwd',
    '/console/..%2f..%2fpackage.json',
    '/console/%2e%2e/%2e%2e/data/tokens.json',
    '/console//etc/passwd',
    '/console/page.ts',
    '/console/__proto__',
  ]) {
    const answer = await raw(path);
    expect(answer).not.toMatch(/root:|"hash"|dependencies|htm\/preact/);
    expect(answer.startsWith('200') ? answer : '<!doctype html>').toContain('<!doctype html>');
  }
  for (const name of ['__proto__', 'constructor', 'toString', 'stack/'])
    expect((await fetch(`${shop.url}/console/api/${name}`)).status, name).not.toBe(200);
});
