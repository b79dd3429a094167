import { expect, test } from 'vitest';
import { legacyCall, openSession, send } from '../server/raw-http.ts';
import { openServed } from '../server/served.ts';

test('a batch is no way around the bound on requests in flight', async () => {
  const { url, fixture } = await openServed();
  const headers = await openSession(url);
  const batch = (length: number) =>
    Array.from({ length }, (_, id) => ({ ...legacyCall('box_get', { target: 'store/a', key: 'k' }), id }));
  const { status } = await send(`${url}/mcp`, { headers, body: batch(5000) });
  expect(status).toBe(400);
  expect(fixture.box.ran.size).toBe(0);
  expect((await send(`${url}/mcp`, { headers, body: batch(3) })).status).toBe(200);
  expect(fixture.box.ran.get('box_get')).toBe(3);
});
