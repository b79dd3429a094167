import { expect, test } from 'vitest';
import { answerJson, ENDPOINTS, openService } from '../services/http-service/fixture.ts';

test.for([
  'admin',
  'ID',
  'id ',
  'Host',
  'constructor',
  'toString',
  'hasOwnProperty',
  '_method',
  'X-HTTP-Method-Override',
  'authorization',
  'id[]',
])('the undeclared parameter %j sends nothing', async (name) => {
  const api = await openService(ENDPOINTS, answerJson({}));
  for (const [tool, endpoint, params] of [
    ['http_read', 'get-order', { id: '1' }],
    ['http_read', 'search', { words: 'x' }],
    ['http_write', 'create', { customer: 'x' }],
  ] as const)
    expect((await api.call(tool, endpoint, { ...params, [name]: 'x' })).text).toMatch(/^invalid_arguments/);
  expect(api.sent()).toBe('');
});

test('a key that names the prototype is no parameter', async () => {
  const api = await openService(ENDPOINTS, answerJson({}));
  await api.call('http_read', 'search', JSON.parse('{"words": "x", "__proto__": {"limit": 5}}'));
  await api.call('http_read', 'search', JSON.parse('{"__proto__": "x"}'));
  expect(api.received.map(({ body }) => body).filter((body) => /proto|limit/.test(body))).toEqual([]);
});

test('a missing parameter is not sent as the word undefined', async () => {
  const api = await openService(ENDPOINTS, answerJson({}));
  expect((await api.call('http_read', 'get-order', {})).text).toMatch(
    /^invalid_arguments[\s\S]*id is required/,
  );
  expect((await api.call('http_write', 'create', { paid: true })).text).toMatch(/customer is required/);
  expect(api.sent()).toBe('');
  await api.call('http_read', 'search', {});
  expect(api.received[0]?.body).toBe('{}');
});
