import { expect, test } from 'vitest';
import { answerJson, ENDPOINTS, openService } from '../services/http-service/fixture.ts';

const OVERRIDES = [
  'X-HTTP-Method-Override',
  'x-http-method',
  'X-Method-Override',
  '_method',
  '_Method',
  '_METHOD',
];

test.for(OVERRIDES)('%s can be neither given nor smuggled in', async (name) => {
  const form = { ...ENDPOINTS.search, body_format: 'form' };
  const api = await openService({ ...ENDPOINTS, form }, answerJson({}));
  expect((await api.call('http_read', 'search', { words: 'x', [name]: 'DELETE' })).text).toMatch(
    /^invalid_arguments/,
  );
  await api.call('http_read', 'get-order', { id: '1', view: `x&${name}=DELETE` });
  await api.call('http_read', 'form', { words: `x&${name}=DELETE` });
  expect(api.received.map(({ method }) => method)).toEqual(['GET', 'POST']);
  expect(new URLSearchParams(api.received[0]?.url.split('?')[1]).has(name)).toBe(false);
  expect(new URLSearchParams(api.received[1]?.body).has(name)).toBe(false);
  for (const { headers } of api.received) expect(Object.keys(headers).join()).not.toMatch(/method/);
});

test.for(OVERRIDES)('a topology cannot declare %s', async (name) => {
  const search = { ...ENDPOINTS.search, params: { [name]: { in: 'body' } } };
  await expect(openService({ search }, answerJson({}))).rejects.toThrow();
});
