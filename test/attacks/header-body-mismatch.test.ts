import { expect, test } from 'vitest';
import { legacyCall, modernCall, openSession, send } from '../server/raw-http.ts';
import { openServed } from '../server/served.ts';

const PUT = { target: 'store/a', key: 'k', value: 'v' };

// An intermediary decides by the headers; what it let through must be what runs.
test.each<[string, Record<string, string>]>([
  ['Mcp-Name of another tool', { 'mcp-name': 'box_get' }],
  ['Mcp-Name of another tool in Base64', { 'mcp-name': '=?base64?Ym94X2dldA==?=' }],
  ['Mcp-Name in broken Base64', { 'mcp-name': '=?base64?%%%?=' }],
  ['no Mcp-Name', { 'mcp-name': '' }],
  ['Mcp-Method of another method', { 'mcp-method': 'tools/list' }],
  ['no Mcp-Method', { 'mcp-method': '' }],
  ['another revision', { 'mcp-protocol-version': '2025-11-25' }],
  ['an unknown revision', { 'mcp-protocol-version': '1999-01-01' }],
  ['no revision', { 'mcp-protocol-version': '' }],
])('2026-07-28: %s is refused', async (_name, headers) => {
  const { url, fixture } = await openServed();
  const { status, json } = await modernCall(url, 'box_put', PUT, { headers });
  expect(status).toBe(400);
  expect(json.error).toBeDefined();
  expect(fixture.box.ran.size).toBe(0);
});

test.each<[string, Record<string, string>]>([
  ['Mcp-Name of another tool', { 'mcp-name': 'box_get' }],
  ['Mcp-Method of another method', { 'mcp-method': 'tools/list' }],
  ['the next revision', { 'mcp-protocol-version': '2026-07-28' }],
  ['an unknown revision', { 'mcp-protocol-version': '1999-01-01' }],
])('2025-11-25: %s is refused', async (_name, headers) => {
  const { url, fixture } = await openServed();
  const session = await openSession(url);
  const { status, json } = await send(`${url}/mcp`, {
    headers: { ...session, ...headers },
    body: legacyCall('box_put', PUT),
  });
  expect(status).toBe(400);
  expect(json.error).toBeDefined();
  expect(fixture.box.ran.size).toBe(0);
});

test('headers that say what the body says pass', async () => {
  const { url, fixture } = await openServed();
  const session = await openSession(url);
  const headers = { ...session, 'mcp-method': 'tools/call', 'mcp-name': 'box_put' };
  await send(`${url}/mcp`, { headers, body: legacyCall('box_put', PUT) });
  await modernCall(url, 'box_put', PUT);
  expect(fixture.box.ran.get('box_put')).toBe(2);
});

test('a body that is not what its content type says is refused', async () => {
  const { url, fixture } = await openServed();
  const session = await openSession(url);
  const body = legacyCall('box_put', PUT);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', '']) {
    const { status } = await send(`${url}/mcp`, { headers: { ...session, 'content-type': type }, body });
    expect(status).toBe(415);
  }
  expect(fixture.box.ran.size).toBe(0);
});
