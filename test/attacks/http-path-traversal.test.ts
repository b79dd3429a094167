import { expect, test } from 'vitest';
import { answerJson, ENDPOINTS, openService } from '../services/http-service/fixture.ts';

const CLIMBS = [
  '..',
  '.',
  '...',
  '../admin',
  '../../etc/passwd',
  '%2e%2e',
  '%2e%2e%2fadmin',
  '%252e%252e%252fadmin',
  '..%2fadmin',
  '..;/admin',
  'x;/../admin',
  '..\\admin',
  '/',
  '//evil.example/a',
  'a/b',
  'a%2Fb',
  'a?admin=1',
  'a#b',
  '',
  ' ',
  '\u2025',
  '\u2024\u2024',
  '\uff0e\uff0e',
  '\uff0e\uff0e\uff0fadmin',
  'a\uff0fb',
  'a\uff3cb',
  'a\ufe68b',
  'a\u2100b',
  'a\uff05b',
  '\u200b..',
  '\u202e..',
  'a\u0000b',
  'a\ud800b',
];

test('what could climb, or become a separator on some server, sends nothing', async () => {
  const api = await openService(ENDPOINTS, answerJson({}));
  for (const id of CLIMBS)
    for (const [tool, endpoint, more] of [
      ['http_read', 'get-order', {}],
      ['http_write', 'set-status', { status: 'paid' }],
      ['http_write_irreversible', 'cancel', {}],
    ] as const) {
      const { text } = await api.call(tool, endpoint, { id, ...more });
      expect([id, text.split(':')[0], api.sent()]).toEqual([id, 'invalid_arguments', '']);
    }
});

test('what may stand in a path is one segment of it, whatever it is', async () => {
  const api = await openService(ENDPOINTS, answerJson({}), { prefix: '/api' });
  for (const id of ['..a', 'a..', 'ä b', "it's", 'a:b@c', '*', 'a&b=c', 'a+b', '日本', 'x{id}', '{view}']) {
    await api.call('http_read', 'get-order', { id });
    const url = api.received.at(-1)?.url ?? '';
    expect(url).toBe(`/api/orders/${encodeURIComponent(id)}`);
    // As any server would read it: two segments below the prefix, the last of them the value.
    expect(new URL(url, 'http://x').pathname.split('/').slice(1)).toEqual([
      'api',
      'orders',
      encodeURIComponent(id),
    ]);
  }
});

test('two parameters of one segment cannot make dots together', async () => {
  const endpoint = { method: 'GET', path: '/a/{x}{y}/b', params: { x: { in: 'path' }, y: { in: 'path' } } };
  const dotted = { method: 'GET', path: '/a/.{x}/b', params: { x: { in: 'path' } } };
  const api = await openService({ two: endpoint, dotted }, answerJson({}));
  for (const params of [
    { x: '.', y: '.' },
    { x: '', y: '..' },
  ])
    expect((await api.call('http_read', 'two', params)).text).toMatch(/^invalid_arguments/);
  expect((await api.call('http_read', 'dotted', { x: '.' })).text).toMatch(/^invalid_arguments/);
  expect(api.sent()).toBe('');
});
