import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { makeToken } from '../../src/server/auth/local-tokens.ts';
import { serveHttp } from '../../src/server/http.ts';
import { openMetrics } from '../../src/server/metrics.ts';
import { openTokenFiles } from '../../src/store/token-files.ts';
import { AUDIENCE } from '../server/oidc.ts';
import { modernCall, send } from '../server/raw-http.ts';
import { answerJson, ENDPOINTS, openService } from '../services/http-service/fixture.ts';
import { startOidcIssuer } from '../twins/oidc-issuer.ts';

/** Everything that a data directory holds, as one text. */
function textOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return files.map((one) => readFileSync(join(one.parentPath, one.name), 'latin1')).join('\n');
}

test('what a caller proves himself by reaches no backend, no file, no log and no metric', async () => {
  const api = await openService(ENDPOINTS, answerJson({ id: 1 }));
  const issuer = await startOidcIssuer();
  onTestFinished(() => issuer.close());
  const lines: string[] = [];
  const logger = pino(
    { level: 'trace' },
    new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    }),
  );
  const metrics = openMetrics();
  const { stackward } = api.stack;
  const topology = stackward.catalogs.graph();
  const bot = topology.components.get('bot');
  if (!bot) throw new Error('there is no bot');
  const identified = { ...bot, connection: { identity: { claims: { sub: 'agent-7' } } } };
  stackward.catalogs.swap({
    ...topology,
    components: new Map([...topology.components, ['bot', identified]]),
  });
  const serving = await serveHttp(stackward, {
    port: 0,
    metrics,
    logger,
    oidc: { issuer: issuer.issuer, audience: AUDIENCE },
  });
  onTestFinished(() => serving.close());

  const own = (await makeToken(openTokenFiles(stackward.dataDir), { principal: 'bot' })).token;
  const jwt = await issuer.token(AUDIENCE);
  const expired = await issuer.token(AUDIENCE, { claims: { exp: 1 } });
  const call = { target: 'api/get-order', params: { id: '1' } };
  for (const token of [own, jwt]) {
    const { json } = await modernCall(serving.url, 'http_read', call, { token });
    expect(json.result.isError).toBe(false);
  }
  expect((await modernCall(serving.url, 'http_read', call, { token: expired })).status).toBe(401);
  await send(`${serving.url}/mcp`, { headers: { authorization: `Bearer ${jwt}` }, body: '{"broken' });
  await modernCall(serving.url, 'http_read', { ...call, params: { id: '..' } }, { token: jwt });
  await send(`${serving.url}/nowhere`, { method: 'GET', headers: { authorization: `Bearer ${jwt}` } });

  const seen = [api.sent(), textOf(stackward.dataDir), lines.join(''), await metrics.registry.metrics()];
  expect(seen[0]).toContain('GET /orders/1');
  for (const token of [own, jwt, expired])
    for (const part of token.split('.').filter((words) => words.length > 30 && words !== jwt.split('.')[0]))
      for (const text of seen) expect(text).not.toContain(part);
  expect(seen[0]?.toLowerCase()).not.toContain('authorization');
});
