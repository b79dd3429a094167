import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { callsOn } from '../services/argocd/attack.ts';
import { openArgo } from '../services/argocd/fixture.ts';
import { TOKEN } from '../twins/argocd.ts';

/** A server that repeats the request, token and all, in its errors. */
let close: (() => void) | undefined;
afterEach(() => close?.());

const WORDS = 'https://ada:repo-pass@git.example';

test.each([400, 401, 403, 404, 409, 412, 422, 429, 500, 502, 503])(
  'status %s is told in our words',
  async (status) => {
    const server = createServer((request, response) => {
      const message = `${request.headers.authorization} ${WORDS}`;
      response.writeHead(status, { 'content-type': 'application/json', 'www-authenticate': message });
      response.end(JSON.stringify({ error: message, code: 5, message }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    close = () => server.close();
    const argo = openArgo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (const [name, call] of Object.entries(callsOn(argo, 'orders'))) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error, name).toBeInstanceOf(Error);
      const told = `${(error as Error).message} ${JSON.stringify(error)}`;
      expect(told).not.toContain(TOKEN);
      expect(told).not.toContain('repo-pass');
    }
  },
);

test('a token that no header can carry is not quoted', async () => {
  const argo = openArgo('http://127.0.0.1:1', undefined, 'bad\ntoken-value');
  const error = await callsOn(argo, 'orders')
    .argocd_get_application()
    .catch((thrown: unknown) => String(thrown));
  expect(error).toMatch(/secret_unavailable/);
  expect(error).not.toContain('token-value');
});
