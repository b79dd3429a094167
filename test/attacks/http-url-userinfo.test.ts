import { expect, test } from 'vitest';
import { answerJson, ENDPOINTS, openService } from '../services/http-service/fixture.ts';

test.for([
  'http://user:hunter22@127.0.0.1/',
  'http://hunter22@127.0.0.1/',
  'http://127.0.0.1\\@evil.example/',
  'http://127.0.0.1#@evil.example/',
  'http://127.0.0.1?@evil.example/',
  'http://@evil.example/',
  'http:\\\\evil.example/',
  'http:///evil.example/',
  ' http://evil.example/',
])('the base url %j is refused, literally and from the environment', async (base_url) => {
  const literal = await openService(ENDPOINTS, answerJson({}), { connection: { base_url } }).then(
    () => 'opened',
    (error: Error) => error.message,
  );
  expect(literal).not.toBe('opened');
  expect(literal).not.toContain('hunter22');
  const api = await openService(ENDPOINTS, answerJson({}), {
    connection: { base_url: { env: 'URL_OF_API' } },
    env: { URL_OF_API: base_url },
  });
  const { text } = await api.call('http_read', 'get-order', { id: '1' });
  expect(text).toMatch(/^setting_unavailable/);
  expect(text).not.toContain('hunter22');
  expect(api.sent()).toBe('');
});
