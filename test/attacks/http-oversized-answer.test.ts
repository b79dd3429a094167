import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ENDPOINTS, openService } from '../services/http-service/fixture.ts';

const LIMIT = 256 * 1024;

test('an answer without end is left, and what was read says that it is cut', async () => {
  let written = 0;
  const api = await openService(ENDPOINTS, async (_, response) => {
    response.on('error', () => {});
    const chunk = Buffer.alloc(64 * 1024, 'a');
    while (!response.destroyed && written < 2 ** 30) {
      written += chunk.length;
      if (!response.write(chunk)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
  });
  const { value, text } = await api.call('http_read', 'get-order', { id: '1' });
  expect(value).toMatchObject({ status: 200, truncated: true });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LIMIT);
  expect(written).toBeLessThan(2 ** 28);
});

test.for([
  ['text of escapes', true, () => '\u0001'.repeat(LIMIT)],
  ['JSON', true, () => JSON.stringify({ rows: Array.from({ length: 60_000 }, (_, i) => ({ i })) })],
  ['bytes', true, () => Buffer.concat([Buffer.from([0xff]), randomBytes(LIMIT)])],
  ['a bomb', false, () => gzipSync(Buffer.alloc(64 * 2 ** 20))],
] as const)('%s is cut to the limit where it is over: %s', async ([, truncated, body]) => {
  const api = await openService(ENDPOINTS, (_, response) => response.end(body()));
  const { value, text } = await api.call('http_read', 'get-order', { id: '1' });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LIMIT);
  expect(value).toMatchObject({ status: 200, ok: true, truncated });
});

test('a bomb is not unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
  const api = await openService(ENDPOINTS, (_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  });
  const { value } = await api.call('http_read', 'get-order', { id: '1' });
  expect(value).toMatchObject({ body_bytes: bomb.length, base64: expect.any(String) });
  expect(api.sent()).not.toMatch(/accept-encoding/i);
});

test('JSON of any depth is answered', async () => {
  const deep = '['.repeat(50_000) + ']'.repeat(50_000);
  const api = await openService(ENDPOINTS, (_, response) => response.end(deep));
  const { value } = await api.call('http_read', 'get-order', { id: '1' });
  expect(value).toMatchObject({ ok: true, text: deep });
});

test('a write whose answer is huge is done, and told so', async () => {
  const api = await openService(ENDPOINTS, (_, response) => response.end('a'.repeat(4 * LIMIT)));
  const { value } = await api.call('http_write', 'create', { customer: 'x' });
  expect(value).toMatchObject({ status: 200, truncated: true, reversible: false });
});

test('headers without end are not read', async () => {
  const api = await openService(ENDPOINTS, (_, response) => {
    response.writeHead(200, { 'x-long': 'a'.repeat(200_000) }).end();
  });
  expect((await api.call('http_read', 'get-order', { id: '1' })).text).toMatch(/^backend_failed/);
});
