import { expect, onTestFinished, test } from 'vitest';
import { makeToken } from '../../src/server/auth/local-tokens.ts';
import { StoreError } from '../../src/store/documents.ts';
import { openTokenFiles } from '../../src/store/token-files.ts';
import type { TokenStore } from '../../src/store/tokens.ts';
import { legacyCall, openSession, send } from '../server/raw-http.ts';
import { openFixtureStack, serveFixture } from '../server/stackward.ts';

/** A stack whose tokens lie in a store that can be away, as a database is. */
async function openLeaving() {
  const fixture = await openFixtureStack({});
  const store = openTokenFiles(fixture.dataDir);
  const state = { isAway: false, askedInVain: 0 };
  const tokens: TokenStore = {
    ...store,
    async list() {
      if (!state.isAway) return store.list();
      state.askedInVain += 1;
      throw new StoreError('the database did not do it');
    },
  };
  const serving = await serveFixture(fixture, { tokens });
  onTestFinished(async () => {
    await serving.close();
    await fixture.close();
  });
  return { fixture, store, state, url: serving.url };
}

const GET = { target: 'store/a', key: 'k' };
const listing = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };

/** The flaw: an outage of the store passes for a token that was revoked, or for the first token that was ever made. */
test('a good token is not called bad while the store is away, and its session outlives that', async () => {
  const { fixture, store, state, url } = await openLeaving();
  const { token } = await makeToken(store, { principal: 'helper' });
  const session = { ...(await openSession(url, token)), authorization: `Bearer ${token}` };
  const call = () => send(`${url}/mcp`, { headers: session, body: legacyCall('box_get', GET) });
  expect((await call()).status).toBe(200);
  state.isAway = true;
  const refused = await call();
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect(refused.headers['www-authenticate']).toBeUndefined();
  // Sessions are looked at once a second, and two such looks end nothing.
  const { askedInVain } = state;
  await expect.poll(() => state.askedInVain, { timeout: 10_000 }).toBeGreaterThan(askedInVain + 4);
  expect(fixture.box.ran.get('box_get')).toBe(1);
  state.isAway = false;
  expect((await call()).status).toBe(200);
});

test('a door without a lock is shut while the store is away, and open again afterwards', async () => {
  const { state, url } = await openLeaving();
  const ask = async () => (await send(`${url}/metrics`, { method: 'GET' })).status;
  const mcp = async () => (await send(`${url}/mcp`, { body: listing })).status;
  const before = [await ask(), await mcp()];
  state.isAway = true;
  expect([await ask(), await mcp()]).toEqual([503, 503]);
  state.isAway = false;
  expect([await ask(), await mcp()]).toEqual(before);
});
