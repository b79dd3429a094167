import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { serveHttp } from '../../src/server/http.ts';
import { modernCall, openSession, send } from './raw-http.ts';
import { openServed } from './served.ts';
import { auditRecords, openFixtureStack } from './stackward.ts';

const query = (url: string, body: unknown) => send(`${url}/metadata/q`, { body });

test('a metadata query is an audited call of the stack’s own tool', async () => {
  const { url, fixture } = await openServed();
  const { status, json, headers } = await query(url, { select: 'components', type: 'box' });
  expect(status).toBe(200);
  expect(json.components).toMatchObject([{ name: 'store', type: 'box' }]);
  const record = (await auditRecords(fixture)).find((one) => one.kind === 'request');
  expect(record).toMatchObject({
    call: headers['stackward-call'],
    message: { params: { name: 'stack_components', arguments: { type: 'box' } } },
  });
});

test.each([
  [400, { select: 'secrets' }],
  [400, { select: 'components', no_such_field: 1 }],
  [400, []],
  [404, { select: 'neighbors', component: 'nobody' }],
])('a metadata query that cannot be answered is %i', async (status, body) => {
  const { url } = await openServed();
  const answer = await query(url, body);
  expect(answer.status).toBe(status);
  expect(answer.json.error.code).toBeTypeOf('string');
});

test('a body that is too large, no JSON or of another type is turned away', async () => {
  const { url } = await openServed({ limits: { bodyBytes: 1000 } });
  expect((await query(url, { select: 'components', name: 'x'.repeat(1000) })).status).toBe(413);
  expect((await send(`${url}/metadata/q`, { body: '{"select"' })).status).toBe(400);
  const headers = { 'content-type': 'text/plain' };
  expect((await send(`${url}/metadata/q`, { headers, body: '{}' })).status).toBe(415);
});

test('what is not served is 404', async () => {
  const { url } = await openServed();
  for (const [method, path] of [
    ['GET', '/'],
    ['PUT', '/mcp'],
    ['GET', '/metadata/q'],
    ['GET', '/mcp/../tokens.json'],
  ])
    expect((await send(`${url}${path}`, { method: method ?? '' })).status).toBe(404);
});

test('ready as long as the audit can be written, and alive in any case', async () => {
  const fixture = await openFixtureStack();
  const serving = await serveHttp(fixture.stackward, { port: 0 });
  const get = (path: string) => send(`${serving.url}${path}`, { method: 'GET' });
  expect((await get('/readyz')).json).toMatchObject({ ready: true });
  await fixture.stackward.audit.close();
  const { status, json } = await get('/readyz');
  expect(status).toBe(503);
  expect(json.reason).toMatch(/audit cannot be written/);
  expect((await get('/healthz')).status).toBe(200);
  expect((await query(serving.url, { select: 'components' })).status).toBe(503);
  await serving.close();
  await fixture.close();
});

test('metrics tell calls, refusals by rule, latency, audit and sessions, and no name that a caller made up', async () => {
  const { url, fixture } = await openServed();
  await openSession(url);
  await modernCall(url, 'box_put', { target: 'store/a', key: 'k', value: 'v' });
  await modernCall(url, 'box_put', { target: 'store/a', key: '*', value: 'v' });
  await modernCall(url, 'box_shred', { target: 'store/a', key: 'k' }, { elicitation: false });
  await modernCall(url, 'invented_by_a_caller', {});
  await send(`${url}/healthz`, { method: 'GET', headers: { host: 'evil.example' } });
  const { text } = await send(`${url}/metrics`, { method: 'GET' });
  for (const line of [
    'stackward_calls_total{tool="box_put",outcome="ok"} 1',
    'stackward_calls_total{tool="unproven",outcome="denied"} 1',
    'stackward_call_errors_total{code="approval_required"} 1',
    'stackward_gate_refusals_total{rule="approved by a human"} 1',
    'stackward_http_refused_total{reason="host"} 1',
    'stackward_http_sessions 1',
    'stackward_audit_writable 1',
    'stackward_breaker_state{component="store"} 0',
  ])
    expect(text).toContain(line);
  expect(text).toMatch(/stackward_call_duration_seconds_count\{outcome="ok"\} \d/);
  expect(text).toContain(`stackward_audit_last_sequence ${fixture.stackward.audit.status().lastSeq}`);
  expect(text).not.toContain('invented_by_a_caller');
});

test('more requests than places get 503, and a place is given back', async () => {
  const { url, fixture } = await openServed({ limits: { inFlight: 1 } });
  const slow = modernCall(url, 'box_wait', { target: 'store/a', ms: 500 });
  await vi.waitFor(() => expect(fixture.box.running).toBe(1), { timeout: 15_000 });
  const refused = await query(url, { select: 'components' });
  expect(refused.status).toBe(503);
  expect(refused.headers['retry-after']).toBe('1');
  expect((await slow).json.result.isError).toBe(false);
  expect((await query(url, { select: 'components' })).status).toBe(200);
});

test('a client that goes away stops its call', async () => {
  const { url, fixture } = await openServed();
  const gone = new AbortController();
  const call = modernCall(url, 'box_wait', { target: 'store/a', ms: 60_000 }, { signal: gone.signal });
  call.catch(() => {});
  await vi.waitFor(() => expect(fixture.box.running).toBe(1), { timeout: 15_000 });
  gone.abort();
  await expect(call).rejects.toThrow();
  await vi.waitFor(() => expect(fixture.box).toMatchObject({ running: 0, aborted: 1 }), { timeout: 15_000 });
});

test('closing waits for the calls in flight, and takes no more', async () => {
  const fixture = await openFixtureStack();
  const serving = await serveHttp(fixture.stackward, { port: 0 });
  const slow = modernCall(serving.url, 'box_wait', { target: 'store/a', ms: 300 });
  await vi.waitFor(() => expect(fixture.box.running).toBe(1), { timeout: 15_000 });
  const closed = serving.close();
  expect((await slow).json.result.structuredContent).toEqual({ waited: 300 });
  await closed;
  await expect(query(serving.url, { select: 'components' })).rejects.toThrow();
  await fixture.close();
});

test('sessions are bounded: a principal’s own idle ones make room, another’s never', async () => {
  const served = await openServed({ limits: { sessions: 2 } });
  const [helper, other] = [(await served.token('helper')).token, (await served.token('other')).token];
  const alive = async (session: Record<string, string>, token: string) =>
    (
      await send(`${served.url}/mcp`, {
        headers: { ...session, authorization: `Bearer ${token}` },
        body: { jsonrpc: '2.0', id: 1, method: 'ping' },
      })
    ).status;
  const first = await openSession(served.url, helper);
  const theirs = await openSession(served.url, other);
  const third = await openSession(served.url, helper);
  expect(await alive(first, helper)).toBe(404);
  expect(await alive(theirs, other)).toBe(200);
  expect(await alive(third, helper)).toBe(200);
});

test('a session that is idle for long is closed', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'Date'] });
  try {
    const { url } = await openServed({ limits: { sessionIdleMs: 60_000 } });
    const session = await openSession(url);
    const ping = () =>
      send(`${url}/mcp`, { headers: session, body: { jsonrpc: '2.0', id: 1, method: 'ping' } });
    vi.advanceTimersByTime(45_000);
    expect((await ping()).status).toBe(200);
    await sleep(50);
    vi.advanceTimersByTime(120_000);
    expect((await ping()).status).toBe(404);
  } finally {
    vi.useRealTimers();
  }
});

test('a body that never ends, or breaks off, keeps no place', async () => {
  const { url } = await openServed({ limits: { inFlight: 1, bodyBytes: 1000 } });
  const half = (bytes: number) => {
    const headers = { 'content-type': 'application/json', 'content-length': '900' };
    const outgoing = request(`${url}/metadata/q`, { method: 'POST', headers });
    outgoing.on('error', () => {});
    outgoing.write('{'.padEnd(bytes));
    return outgoing;
  };
  const broken = half(100);
  await vi.waitFor(async () => expect((await query(url, { select: 'components' })).status).toBe(503), {
    timeout: 15_000,
  });
  broken.destroy();
  await vi.waitFor(async () => expect((await query(url, { select: 'components' })).status).toBe(200), {
    timeout: 15_000,
  });
  const endless = request(`${url}/metadata/q`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  endless.on('error', () => {});
  endless.write('['.padEnd(2000));
  const [answer] = await once(endless, 'response');
  expect(answer.statusCode).toBe(413);
  await vi.waitFor(async () => expect((await query(url, { select: 'components' })).status).toBe(200), {
    timeout: 15_000,
  });
  endless.destroy();
});
