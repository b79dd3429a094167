import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';
import { Exchange } from '../../src/server/http/exchange.ts';
import { SessionTransport } from '../../src/server/http/session-transport.ts';
import { openReading } from '../../src/server/reading.ts';
import { legacyCall, openSession, send } from './raw-http.ts';
import { openServed } from './served.ts';

const GET = legacyCall('box_get', { target: 'store/a', key: 'k' });
const WAIT = (id: string | number, ms: number) => ({
  ...legacyCall('box_wait', { target: 'store/a', ms }),
  id,
});
const cancel = (requestId: string | number) => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId },
});

test('an answer that is the first word comes as one JSON document', async () => {
  const { url } = await openServed();
  const session = await openSession(url);
  const { status, headers, text } = await send(`${url}/mcp`, { headers: session, body: GET });
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'content-length': `${Buffer.byteLength(text)}`,
    'mcp-session-id': session['mcp-session-id'],
  });
  expect(JSON.parse(text)).toMatchObject({ jsonrpc: '2.0', id: 1, result: { isError: false } });
});

test('what is told before the answer makes it a stream, in its order', async () => {
  const { url } = await openServed({
    extension: {
      answer: async (context) => {
        for (const progress of [1, 2])
          await context.mcpReq.notify({
            method: 'notifications/progress',
            params: { progressToken: 't', progress, message: 'line\nbreak' },
          });
        return { content: [{ type: 'text', text: 'done' }] };
      },
    },
  });
  const session = await openSession(url);
  const { headers, text } = await send(`${url}/mcp`, { headers: session, body: GET });
  expect(headers['content-type']).toBe('text/event-stream');
  const events = text.trim().split('\n\n');
  const messages = events.map((event) => JSON.parse(event.replace(/^event: message\ndata: /, '')));
  expect(messages.map(({ params, result }) => params?.progress ?? result.content[0].text)).toEqual([
    1,
    2,
    'done',
  ]);
});

test('errors of the protocol are answered as before', async () => {
  const { url } = await openServed();
  const session = await openSession(url);
  const ask = (body: unknown, headers: Record<string, string> = {}) =>
    send(`${url}/mcp`, { headers: { ...session, ...headers }, body });
  expect((await ask({ jsonrpc: '2.0', id: 'x', method: 'no/such' })).json).toMatchObject({
    id: 'x',
    error: { code: -32_601 },
  });
  expect((await ask({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: {} })).json).toMatchObject({
    id: 2,
    error: { code: -32_602 },
  });
  expect((await ask(GET, { accept: 'application/json' })).status).toBe(406);
  expect((await ask({ id: 1 })).status).toBe(400);
  expect((await ask(GET, { 'mcp-session-id': 'another' })).status).toBe(404);
});

test.each([
  ['the shorter way', {}],
  // Without a revision in its header a request goes the SDK’s way.
  ['the way of the SDK', { 'mcp-protocol-version': '' }],
])('a cancelled request ends its exchange without an answer, on %s', async (_way, extra) => {
  const { url, fixture } = await openServed();
  const session = await openSession(url);
  const headers: Record<string, string> = { ...session, ...extra };
  for (const [name, value] of Object.entries(headers)) if (value === '') delete headers[name];
  const waiting = send(`${url}/mcp`, { headers, body: WAIT('w', 60_000) });
  await vi.waitFor(() => expect(fixture.box.running).toBe(1), { timeout: 15_000 });
  expect((await send(`${url}/mcp`, { headers: session, body: cancel('w') })).status).toBe(202);
  const { status, headers: told, text } = await waiting;
  expect({ status, type: told['content-type'], text }).toEqual({
    status: 200,
    type: 'text/event-stream',
    text: '',
  });
  await vi.waitFor(() => expect(fixture.box).toMatchObject({ running: 0, aborted: 1 }), { timeout: 15_000 });
  // Its id is free again, and the session goes on.
  expect((await send(`${url}/mcp`, { headers, body: WAIT('w', 0) })).json.result.structuredContent).toEqual({
    waited: 0,
  });
});

test('a request that waits is told so, and a session that is closed ends it', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const { url, fixture } = await openServed();
    const session = await openSession(url);
    const waiting = send(`${url}/mcp`, { headers: session, body: WAIT(7, 60_000) });
    await vi.waitFor(() => expect(fixture.box.running).toBe(1), { timeout: 15_000 });
    vi.advanceTimersByTime(15_000);
    await send(`${url}/mcp`, { method: 'DELETE', headers: session });
    const { headers, text } = await waiting;
    expect(headers['content-type']).toBe('text/event-stream');
    expect(text).toBe(': keepalive\n\n');
  } finally {
    vi.useRealTimers();
  }
});

test('what is no call of a reading tool by the book, the SDK judges', async () => {
  const { url, fixture } = await openServed();
  const session = await openSession(url);
  const call = async (params: unknown) => {
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
    return (await send(`${url}/mcp`, { headers: session, body })).json;
  };
  const args = { target: 'store/a', key: 'k' };
  for (const wrong of [null, 'text', [args], 3])
    expect(await call({ name: 'box_get', arguments: wrong })).toMatchObject({ error: { code: -32_602 } });
  expect(await call({ name: ['box_get'], arguments: args })).toMatchObject({ error: { code: -32_602 } });
  expect(fixture.box.ran.size).toBe(0);
  expect(await call({ name: 'box_gone', arguments: args })).toMatchObject({ result: { isError: true } });
  // Text, since an object literal would set the prototype instead.
  const odd = JSON.parse('{"target": "store/a", "key": "k", "__proto__": {"key": "other"}}');
  const { result } = await call({ name: 'box_get', arguments: odd });
  expect(result.isError).toBe(true);
  expect(fixture.box.ran.size).toBe(0);
});

test('an unforeseen failure of a reading is told as that, and not how', async () => {
  const served = await openServed();
  const { stackward } = served.fixture;
  const broken = { ...stackward, call: () => Promise.reject(new Error('secret of the house')) };
  const transport = new SessionTransport({ sessionIdGenerator: () => 'id' });
  const problems: Error[] = [];
  transport.onerror = (error) => problems.push(error);
  const server = createServer((_request, response) =>
    transport.serve(
      { ...GET, jsonrpc: '2.0' },
      new Exchange(response, {}),
      openReading(broken, { principal: 'stack' }),
    ),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { text } = await send(`http://127.0.0.1:${port}`);
  server.close();
  expect(JSON.parse(text)).toEqual({
    jsonrpc: '2.0',
    id: 1,
    error: { code: -32_603, message: 'Internal error' },
  });
  expect(problems.map(({ message }) => message)).toEqual(['secret of the house']);
});
