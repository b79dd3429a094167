import { chmodSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { serveHttp } from '../../src/server/http.ts';
import { tokensFolderOf } from '../../src/store/token-files.ts';
import { legacyCall, modernCall, openSession, send } from '../server/raw-http.ts';
import { openServed, type Served } from '../server/served.ts';

const PUT = { target: 'store/a', key: 'k', value: 'v' };
const putAs = ({ url }: Served, token?: string) =>
  modernCall(url, 'box_put', PUT, token === undefined ? {} : { token });

test('once a token exists, a request without one runs nothing on any route', async () => {
  const served = await openServed();
  await served.token('helper');
  const { url, fixture } = served;
  const answers = [
    await putAs(served),
    await putAs(served, 'swt_guessed'),
    await modernCall(url, 'box_put', PUT, { headers: { authorization: 'Basic aGVscGVyOnB3' } }),
    await send(`${url}/metadata/q`, { body: { select: 'components' } }),
    await send(`${url}/metrics`, { method: 'GET' }),
  ];
  for (const { status, headers } of answers) {
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toMatch(/^Bearer/);
  }
  expect(fixture.box.ran.size).toBe(0);
  expect((await send(`${url}/healthz`, { method: 'GET' })).status).toBe(200);
  expect((await send(`${url}/readyz`, { method: 'GET' })).status).toBe(200);
});

test('a token works until it is revoked, and not once after; the last one leaves the door shut', async () => {
  const served = await openServed();
  const { id, token } = await served.token('helper');
  expect((await putAs(served, token)).status).toBe(200);
  await served.tokens.remove(id);
  expect((await putAs(served, token)).status).toBe(401);
  expect((await putAs(served)).status).toBe(401);
  expect(served.fixture.box.ran.get('box_put')).toBe(1);
});

test('an expired token runs nothing', async () => {
  const served = await openServed();
  const { token } = await served.token('helper', new Date(Date.now() - 1));
  expect((await putAs(served, token)).status).toBe(401);
  expect(served.fixture.box.ran.size).toBe(0);
});

test('a token is worth its own principal’s links and no more', async () => {
  const served = await openServed();
  const { token } = await served.token('other');
  const { json } = await putAs(served, token);
  expect(json.result.isError).toBe(true);
  expect(json.result.content[0].text).toContain('unknown_tool');
  expect(served.fixture.box.ran.size).toBe(0);
});

test('a session id opens nothing without a token of the principal that made it', async () => {
  const served = await openServed();
  const { url, fixture } = served;
  const [helper, other] = [(await served.token('helper')).token, (await served.token('other')).token];
  const session = await openSession(url, helper);
  const call = (headers: Record<string, string>, method = 'POST') =>
    send(`${url}/mcp`, {
      method,
      headers: { ...session, ...headers },
      ...(method === 'POST' ? { body: legacyCall('box_put', PUT) } : {}),
    });
  expect((await call({})).status).toBe(401);
  expect((await call({ authorization: `Bearer ${other}` })).status).toBe(404);
  expect((await call({ authorization: `Bearer ${other}` }, 'DELETE')).status).toBe(404);
  expect((await call({ authorization: `Bearer ${other}` }, 'GET')).status).toBe(404);
  expect(fixture.box.ran.size).toBe(0);
  expect((await call({ authorization: `Bearer ${helper}` })).status).toBe(200);
  expect(fixture.box.ran.get('box_put')).toBe(1);
});

test.each([
  ['damaged', (file: string) => writeFileSync(file, '{"id": "x"}')],
  ['open to everybody', (file: string) => chmodSync(file, 0o666)],
  ['in a folder that is open to everybody', (file: string) => chmodSync(dirname(file), 0o777)],
  ['another one’s by its name', (file: string) => copyFileSync(file, join(dirname(file), '00000000.json'))],
  [
    'beside a list of an older build',
    (file: string) => writeFileSync(join(dirname(file), '../tokens.json'), '[]'),
  ],
])('a token file that is %s lets nobody in', async (_name, spoil) => {
  const served = await openServed();
  const { id, token } = await served.token('helper');
  expect((await putAs(served, token)).status).toBe(200);
  spoil(join(tokensFolderOf(served.fixture.dataDir), `${id}.json`));
  expect((await putAs(served, token)).status).toBe(401);
});

test('a token is stored nowhere in the clear', async () => {
  const served = await openServed();
  const { token } = await served.token('helper');
  await putAs(served, token);
  await putAs(served, `${token}x`);
  await served.fixture.call('box_get', { target: 'store/a', key: 'k' });
  const files = readdirSync(served.fixture.dataDir, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  const text = files.map((one) => readFileSync(join(one.parentPath, one.name), 'latin1')).join('\n');
  expect(text).toContain('helper');
  expect(text).not.toContain(token);
  expect(await served.fixture.metrics.registry.metrics()).not.toContain(token);
  expect(served.fixture.reports.join('\n')).not.toContain(token);
});

test('off loopback nothing is served before there is a token', async () => {
  const { fixture } = await openServed();
  await expect(serveHttp(fixture.stackward, { host: '0.0.0.0', port: 0 })).rejects.toThrow(
    /stackward token create/,
  );
});
