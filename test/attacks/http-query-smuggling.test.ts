import { expect, test } from 'vitest';
import { answerJson, ENDPOINTS, openService } from '../services/http-service/fixture.ts';

test.for([
  'x&admin=1',
  'x;admin=1',
  'x%26admin=1',
  'x#&admin=1',
  'x?admin=1',
  'x+admin=1',
  'x=1&view=all',
  '[]=1',
  'x\u0026admin=1',
  'x\uff06admin=1',
])('%j in a query parameter is the value of that parameter alone', async (view) => {
  const api = await openService(ENDPOINTS, answerJson({}));
  await api.call('http_read', 'get-order', { id: '1', view });
  const [path, query, ...more] = (api.received[0]?.url ?? '').split('?');
  expect([path, more]).toEqual(['/orders/1', []]);
  expect(query).toMatch(/^view=[^&;=?#]*$/);
  expect([...new URLSearchParams(query)]).toEqual([['view', view]]);
});

test('a form body holds the declared fields alone', async () => {
  const form = { ...ENDPOINTS.search, body_format: 'form' };
  const api = await openService({ form }, answerJson({}));
  await api.call('http_read', 'form', { words: 'x&limit=1000&role=admin' });
  expect([...new URLSearchParams(api.received[0]?.body)]).toEqual([['words', 'x&limit=1000&role=admin']]);
});

test('a value cannot take the place of another', async () => {
  const two = { method: 'GET', path: '/a/{x}/{y}', params: { x: { in: 'path' }, y: { in: 'path' } } };
  const api = await openService({ two }, answerJson({}));
  await api.call('http_read', 'two', { x: '{y}', y: '$&' });
  expect(api.received[0]?.url).toBe(`/a/${encodeURIComponent('{y}')}/${encodeURIComponent('$&')}`);
});
