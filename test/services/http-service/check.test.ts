import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CERTIFICATE, EXPIRED, KEY } from './certificates.ts';
import { answerJson, ENDPOINTS, openService } from './fixture.ts';

async function serveTls(cert: string) {
  const server = createServer({ cert, key: KEY }, (_, response) => response.end('well'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const ca_file = join(mkdtempSync(join(tmpdir(), 'stackward-ca-')), 'ca.pem');
  writeFileSync(ca_file, cert);
  return { base_url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca_file };
}

test('a check asks the declared path and compares the status', async () => {
  const api = await openService({}, answerJson('well', 204), {
    connection: { health: { path: '/healthz', expect_status: 204 } },
  });
  expect((await api.raw('http_check', {})).value).toMatchObject({
    healthy: true,
    status: 204,
    expected_status: 204,
    body_bytes: 0,
  });
  expect(api.received).toMatchObject([{ method: 'GET', url: '/healthz' }]);
});

test('without endpoints there is nothing to read or write', async () => {
  const api = await openService({}, answerJson({}));
  expect(api.stack.tools('bot').filter((name) => name.startsWith('http_'))).toEqual([
    'http_check',
    'http_endpoints',
  ]);
});

test.for([
  [200, true],
  [302, true],
  [404, false],
  [503, false],
] as const)(
  'without a declared health path, status %s of the root counts as %s',
  async ([status, healthy]) => {
    const api = await openService({}, (_, response) => {
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('body');
    });
    const { value } = await api.raw('http_check', {});
    expect(value).toMatchObject({ healthy, status, body_bytes: 4, truncated: false });
    expect(api.received).toMatchObject([{ url: '/' }]);
  },
);

test('over TLS the certificate’s end is told, and only the declared authority is trusted', async () => {
  const { base_url, ca_file } = await serveTls(CERTIFICATE);
  const trusting = await openService(ENDPOINTS, answerJson({}), { connection: { base_url, ca_file } });
  const { value } = await trusting.raw('http_check', {});
  expect(value).toMatchObject({
    healthy: true,
    tls: { issuer: 'Stackward tests', expires: '2124-01-01T00:00:00.000Z' },
  });
  const strange = await openService(ENDPOINTS, answerJson({}), { connection: { base_url } });
  expect((await strange.raw('http_check', {})).text).toMatch(/^unreachable[\s\S]*not trusted/);
});

test('an expired certificate is refused and named, and a write to it never leaves', async () => {
  const api = await openService(ENDPOINTS, answerJson({}), { connection: await serveTls(EXPIRED) });
  expect((await api.raw('http_check', {})).text).toContain('CERT_HAS_EXPIRED');
  expect((await api.call('http_write', 'create', { customer: 'x' })).text).toMatch(/^unreachable/);
});
