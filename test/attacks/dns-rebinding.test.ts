import { expect, test } from 'vitest';
import { legacyCall, modernCall, openSession, send } from '../server/raw-http.ts';
import { openServed } from '../server/served.ts';

const PUT = { target: 'store/a', key: 'k', value: 'evil' };
const EVIL: [string, Record<string, string>][] = [
  ['a Host of the attacker', { host: 'evil.example' }],
  ['a Host of the attacker with our port', { host: 'evil.example:80' }],
  ['a Host that only begins like ours', { host: '127.0.0.1.evil.example' }],
  ['an Origin of the attacker', { origin: 'http://evil.example' }],
  ['an Origin that only begins like ours', { origin: 'http://localhost.evil.example' }],
  ['an opaque Origin', { origin: 'null' }],
];

test.each(EVIL)('%s runs nothing', async (_name, headers) => {
  const { url, fixture } = await openServed();
  const session = await openSession(url);
  const answers = [
    await modernCall(url, 'box_put', PUT, { headers }),
    await send(`${url}/mcp`, { headers: { ...session, ...headers }, body: legacyCall('box_put', PUT) }),
    await send(`${url}/metadata/q`, { headers, body: { select: 'components' } }),
    await send(`${url}/metrics`, { method: 'GET', headers }),
    await send(`${url}/healthz`, { method: 'GET', headers }),
    await send(`${url}/mcp`, { method: 'GET', headers: { ...session, ...headers } }),
    await send(`${url}/mcp`, { method: 'DELETE', headers: { ...session, ...headers } }),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
  expect(fixture.box.rows.size).toBe(0);
  expect(answers.map(({ text }) => text).join()).not.toContain('"name":"store"');
});

test('a request without a Host header runs nothing', async () => {
  const { url } = await openServed();
  const { connect } = await import('node:net');
  const { hostname, port } = new URL(url);
  const text = await new Promise<string>((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write('GET /metrics HTTP/1.0\r\n\r\n'));
    let got = '';
    socket.on('data', (chunk) => {
      got += chunk;
    });
    socket.on('close', () => resolve(got));
  });
  expect(text).toMatch(/^HTTP\/1\.1 403/);
});

test('our own names still pass', async () => {
  const { url, fixture } = await openServed();
  const { port } = new URL(url);
  const headers = { host: `localhost:${port}`, origin: `http://localhost:${port}` };
  expect((await modernCall(url, 'box_put', PUT, { headers })).status).toBe(200);
  expect(fixture.box.rows.size).toBe(1);
});
