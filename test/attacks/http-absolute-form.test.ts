import { expect, test } from 'vitest';
import { answerJson, ENDPOINTS, openService, serve } from '../services/http-service/fixture.ts';

test.for([
  'http://evil.example/',
  'https:evil.example',
  '//evil.example',
  '\\\\evil.example',
  '@evil.example',
  ':80@evil.example',
])('%j in a parameter never becomes the address of the request', async (text) => {
  const elsewhere = await serve(answerJson({}));
  const api = await openService(ENDPOINTS, answerJson({}));
  await api.call('http_read', 'get-order', { id: text });
  await api.call('http_read', 'get-order', { id: '1', view: text });
  await api.call('http_read', 'search', { words: text });
  for (const { url, headers } of api.received) {
    expect(url).toMatch(/^\/orders\/[^/]+$/);
    expect(headers.host).toMatch(/^127\.0\.0\.1:\d+$/);
  }
  expect(api.received.length).toBeGreaterThanOrEqual(2);
  expect(elsewhere.received).toEqual([]);
});

test.for(['url', 'path', 'host', 'base_url', 'method', 'headers', 'body', 'auth', 'proxy'])(
  'a caller cannot give %s beside the parameters',
  async (field) => {
    const api = await openService(ENDPOINTS, answerJson({}));
    const args = { target: 'api/get-order', params: { id: '1' }, [field]: 'http://evil.example/' };
    expect((await api.raw('http_read', args)).text).toMatch(/^invalid_arguments/);
    expect(api.sent()).toBe('');
  },
);

test('a proxy of the environment is not asked', async () => {
  const proxy = await serve(answerJson({}));
  const names = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'NODE_USE_ENV_PROXY'];
  for (const name of names)
    process.env[name] = name.startsWith('NODE') ? '1' : `http://127.0.0.1:${proxy.port}`;
  try {
    const api = await openService(ENDPOINTS, answerJson({ direct: true }));
    const { value } = await api.call('http_read', 'get-order', { id: '1' });
    expect(value).toMatchObject({ json: { direct: true } });
    expect(proxy.received).toEqual([]);
  } finally {
    for (const name of names) delete process.env[name];
  }
});
