import { expect, test } from 'vitest';
import { answerJson, ENDPOINTS, openService } from '../services/http-service/fixture.ts';

const WRONG: [name: string, value: unknown][] = [
  ['customer', { $ne: null }],
  ['customer', ['a', 'b']],
  ['customer', null],
  ['customer', 7],
  ['customer', true],
  ['customer', 'x'.repeat(257)],
  ['customer', 'a\u0000b'],
  ['customer', 'a\ud800'],
  ['paid', 'true'],
  ['paid', 1],
  ['paid', {}],
];

test.for(WRONG)('%s given as %j is refused, not converted', async ([name, value]) => {
  const api = await openService(ENDPOINTS, answerJson({}));
  const { text } = await api.call('http_write', 'create', { customer: 'x', [name]: value });
  expect(text).toMatch(/^invalid_arguments/);
  expect(api.sent()).toBe('');
});

test.for(['5', 5.5, 1e300, 2 ** 53, true, [5], { valueOf: 5 }, null])(
  'a whole number given as %j is refused',
  async (limit) => {
    const api = await openService(ENDPOINTS, answerJson({}));
    expect((await api.call('http_read', 'search', { limit })).text).toMatch(/^invalid_arguments/);
    expect((await api.call('http_read', 'get-order', { id: '1', page: limit })).text).toMatch(
      /^invalid_arguments/,
    );
    expect(api.sent()).toBe('');
  },
);

test.for([0, -1])('a number out of its bounds, %s, is refused', async (page) => {
  const api = await openService(ENDPOINTS, answerJson({}));
  expect((await api.call('http_read', 'get-order', { id: '1', page })).text).toMatch(/from 1/);
  expect(api.sent()).toBe('');
});

test('a text that is JSON stays a text', async () => {
  const api = await openService(ENDPOINTS, answerJson({}));
  await api.call('http_read', 'search', { words: '", "limit": 9999, "x": "' });
  expect(JSON.parse(api.received[0]?.body ?? '')).toEqual({ words: '", "limit": 9999, "x": "' });
});

test('parameters that are no object are refused', async () => {
  const api = await openService(ENDPOINTS, answerJson({}));
  for (const params of ['{"id":"1"}', [['id', '1']], 7, null])
    expect((await api.raw('http_read', { target: 'api/get-order', params })).text).toMatch(
      /^invalid_arguments/,
    );
  expect(api.sent()).toBe('');
});
