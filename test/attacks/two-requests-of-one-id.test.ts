import { expect, test, vi } from 'vitest';
import { legacyCall, openSession, send } from '../server/raw-http.ts';
import { openServed } from '../server/served.ts';

const wait = (ms: number) => legacyCall('box_wait', { target: 'store/a', ms });

/** Headers with those left out that are empty. */
const without = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));

// Answers are found by the id that the client chose: of two at once, one could be given the other’s.
const SHORTER = {};
// Without a revision in its header a request goes the SDK’s way.
const SDK = { 'mcp-protocol-version': '' };
test.each([
  ['both the shorter way', SHORTER, SHORTER],
  ['first the way of the SDK', SDK, SHORTER],
  ['then the way of the SDK', SHORTER, SDK],
  ['both the way of the SDK', SDK, SDK],
])('a request whose id waits for its answer is not run, %s', async (_way, firstWay, secondWay) => {
  const { url, fixture } = await openServed();
  const session = await openSession(url);
  const first = send(`${url}/mcp`, { headers: without({ ...session, ...firstWay }), body: wait(700) });
  await vi.waitFor(() => expect(fixture.box.running).toBe(1), { timeout: 15_000 });
  const second = await send(`${url}/mcp`, { headers: without({ ...session, ...secondWay }), body: wait(1) });
  expect(second.status).toBe(400);
  expect(second.json.error.message).toContain('this id');
  expect((await first).json.result.structuredContent).toEqual({ waited: 700 });
  expect(fixture.box.ran.get('box_wait')).toBe(1);
});

test('the same id in another session is another request', async () => {
  const { url, fixture } = await openServed();
  const [one, other] = [await openSession(url), await openSession(url)];
  const first = send(`${url}/mcp`, { headers: one, body: wait(500) });
  await vi.waitFor(() => expect(fixture.box.running).toBe(1), { timeout: 15_000 });
  const second = await send(`${url}/mcp`, { headers: other, body: wait(1) });
  expect(second.json.result.structuredContent).toEqual({ waited: 1 });
  expect((await first).json.result.structuredContent).toEqual({ waited: 500 });
});
