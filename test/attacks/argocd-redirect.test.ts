import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { callsOn, refusalOf } from '../services/argocd/attack.ts';
import { openArgo } from '../services/argocd/fixture.ts';
import { TOKEN } from '../twins/argocd.ts';

/** A server that sends its callers, and their tokens, elsewhere. */
const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const received: { method: string | undefined; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    received.push({ method: request.method, authorization: request.headers.authorization });
    request.resume();
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

test.each([301, 302, 303, 307, 308])('a redirect with status %s takes nothing along', async (status) => {
  const elsewhere = await serve((_, response) => response.end('{}'));
  const server = await serve((request, response) =>
    response.writeHead(status, { location: `${elsewhere.url}${request.url}` }).end(),
  );
  for (const call of Object.values(callsOn(openArgo(server.url), 'orders')))
    expect(await refusalOf(call)).toBe('unreachable');
  expect(new Set(server.received.map(({ authorization }) => authorization))).toEqual(
    new Set([`Bearer ${TOKEN}`]),
  );
  expect(elsewhere.received).toEqual([]);
});

test('a write that is redirected may have happened, and goes nowhere else', async () => {
  const elsewhere = await serve((_, response) => response.end('{}'));
  const application = {
    metadata: { name: 'orders', namespace: 'argocd' },
    spec: { project: 'shop', source: { repoURL: 'r' } },
    status: { history: [{ id: 0, revision: 'a', source: { repoURL: 'r' } }] },
  };
  const server = await serve(({ method, url }, response) => {
    if (method === 'POST') response.writeHead(307, { location: elsewhere.url }).end();
    else response.end(JSON.stringify(url?.includes('managed') ? { items: [] } : application));
  });
  expect(await refusalOf(callsOn(openArgo(server.url), 'orders').argocd_sync)).toBe('outcome_unknown');
  expect(server.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
  expect(elsewhere.received).toEqual([]);
});
