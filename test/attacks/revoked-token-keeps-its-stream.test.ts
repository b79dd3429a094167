import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { makeToken } from '../../src/server/auth/local-tokens.ts';
import type { IncidentDesk } from '../../src/server/http/incidents.ts';
import { legacyCall, modernBody, openSession, send } from '../server/raw-http.ts';
import { openServed, type Served } from '../server/served.ts';

const PUT = { target: 'store/a', key: 'k', value: 'v' };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Nothing happens, for as long as somebody listens. */
const silentDesk: IncidentDesk = {
  principal: 'helper',
  alert: async () => [],
  last: () => 0,
  page: () => [],
  kept: async () => ({ logs: [], exchanges: [] }),
  async *follow(_after, signal) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  },
};

/** Opens a stream, and says whether it is still open. */
async function listen(url: string, init: RequestInit) {
  const answer = await fetch(url, init);
  expect(answer.status).toBe(200);
  const reader = answer.body?.getReader();
  let isOpen = true;
  void (async () => {
    while (!(await reader?.read())?.done);
  })().then(
    () => {
      isOpen = false;
    },
    () => {
      isOpen = false;
    },
  );
  return { isOpen: () => isOpen };
}

/** The three streams that only tell, each opened with the same token. */
async function openStreams({ url }: Served, token: string) {
  const session = await openSession(url, token);
  const accept = 'application/json, text/event-stream';
  const { headers, body } = modernBody('subscriptions/listen', { notifications: { toolsListChanged: true } });
  return {
    session,
    streams: await Promise.all([
      listen(`${url}/mcp`, { headers: { ...bearer(token), ...session, accept: 'text/event-stream' } }),
      listen(`${url}/mcp`, {
        method: 'POST',
        headers: { ...headers, ...bearer(token), accept, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
      listen(`${url}/events`, { headers: bearer(token) }),
    ]),
  };
}

test('a token that is revoked loses its streams and its session, and another keeps its own', async () => {
  const served = await openServed({ incidents: silentDesk });
  const [gone, kept] = [await served.token('helper'), await served.token('helper')];
  const [lost, other] = [await openStreams(served, gone.token), await openStreams(served, kept.token)];
  await served.tokens.remove(gone.id);
  await vi.waitFor(
    () => expect(lost.streams.map(({ isOpen }) => isOpen())).toEqual([false, false, false]),
    10_000,
  );
  expect(other.streams.map(({ isOpen }) => isOpen())).toEqual([true, true, true]);
  const useOf = (session: Record<string, string>) =>
    send(`${served.url}/mcp`, {
      headers: { ...session, ...bearer(kept.token) },
      body: legacyCall('box_put', PUT),
    });
  await vi.waitFor(async () => {
    const { text } = await send(`${served.url}/metrics`, { method: 'GET', headers: bearer(kept.token) });
    expect(text).toContain('stackward_http_sessions 1');
  }, 10_000);
  expect((await useOf(lost.session)).status).toBe(404);
  expect((await useOf(other.session)).status).toBe(200);
});

test('a token that ends loses its streams, and its session goes on with the one that took its place', async () => {
  const served = await openServed({ incidents: silentDesk });
  const old = await served.token('helper');
  const { session, streams } = await openStreams(served, old.token);
  const next = await makeToken(served.tokens, {
    principal: 'helper',
    replaces: { id: old.id, until: new Date(Date.now() - 1_000) },
  });
  await vi.waitFor(
    () => expect(streams.map(({ isOpen }) => isOpen())).toEqual([false, false, false]),
    10_000,
  );
  const put = (token: string) =>
    send(`${served.url}/mcp`, {
      headers: { ...session, ...bearer(token) },
      body: legacyCall('box_put', PUT),
    });
  expect((await put(old.token)).status).toBe(401);
  expect((await put(next.token)).status).toBe(200);
  expect(served.fixture.box.ran.get('box_put')).toBe(1);
});

test('a call that runs when its token is revoked ends, is on record, and is the last', async () => {
  const served = await openServed();
  const { id, token } = await served.token('helper');
  await served.token('stack');
  const session = await openSession(served.url, token);
  const wait = send(`${served.url}/mcp`, {
    headers: { ...session, ...bearer(token) },
    body: legacyCall('box_wait', { target: 'store/a', ms: 2_500 }),
  });
  await vi.waitFor(() => expect(served.fixture.box.running).toBe(1), { timeout: 15_000 });
  await served.tokens.remove(id);
  await sleep(0);
  expect((await wait).json.result.structuredContent).toEqual({ waited: 2_500 });
  const again = await send(`${served.url}/mcp`, {
    headers: { ...session, ...bearer(token) },
    body: legacyCall('box_put', PUT),
  });
  expect(again.status).toBe(401);
  expect(served.fixture.box.ran.get('box_put')).toBeUndefined();
});
