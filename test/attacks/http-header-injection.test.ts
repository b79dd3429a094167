import { expect, test } from 'vitest';
import { answerJson, ENDPOINTS, openService } from '../services/http-service/fixture.ts';

const INJECTIONS = [
  'x\r\nx-injected: 1',
  'x\nx-injected: 1',
  'x\r\n\r\nGET /admin HTTP/1.1\r\nhost: evil\r\n\r\n',
  'x HTTP/1.1\r\nhost: evil',
  'x\u2028x-injected: 1',
  'x\u0085x-injected: 1',
];

test.for(INJECTIONS)('%j in a path or query sends nothing', async (text) => {
  const api = await openService(ENDPOINTS, answerJson({}));
  expect((await api.call('http_read', 'get-order', { id: text })).text).toMatch(/^invalid_arguments/);
  expect((await api.call('http_read', 'get-order', { id: '1', view: text })).text).toMatch(
    /^invalid_arguments/,
  );
  expect(api.sent()).toBe('');
});

test.for(INJECTIONS.slice(0, 4))('%j in a body stays inside of the body', async (words) => {
  const form = { ...ENDPOINTS.search, body_format: 'form' };
  const api = await openService({ search: ENDPOINTS.search, form }, answerJson({}));
  await api.call('http_read', 'search', { words });
  await api.call('http_read', 'form', { words });
  expect(api.received.map(({ method, url }) => [method, url])).toEqual([
    ['POST', '/orders/search'],
    ['POST', '/orders/search'],
  ]);
  expect(JSON.parse(api.received[0]?.body ?? '')).toEqual({ words });
  expect([...new URLSearchParams(api.received[1]?.body)]).toEqual([['words', words]]);
  for (const { headers } of api.received) expect(headers).not.toHaveProperty('x-injected');
  expect(api.sent()).not.toMatch(/^x-injected/m);
});

test('a credential that would end its header is not sent, and not repeated', async () => {
  const api = await openService(ENDPOINTS, answerJson({}), {
    connection: { credentials: { header: 'x-api-key', value: { env: 'KEY' } } },
    env: { KEY: 'abcdefgh\r\nx-injected: 1' },
  });
  const { text } = await api.call('http_read', 'get-order', { id: '1' });
  expect(text).toMatch(/^secret_unavailable/);
  expect(text).not.toContain('abcdefgh');
  expect(api.sent()).toBe('');
});
