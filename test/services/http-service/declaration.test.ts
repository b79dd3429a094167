import { expect, test } from 'vitest';
import { httpService } from '../../../src/services/http-service/service.ts';
import { loadTopology } from '../../../src/topology/load.ts';
import { ENDPOINTS } from './fixture.ts';

function problemsOf(endpoints: object, connection: object = { base_url: 'http://shop:8080/api' }): string[] {
  const text = JSON.stringify({
    stack: 'test',
    components: { api: { type: 'http-service', ...connection, endpoints } },
  });
  const loaded = loadTopology({
    file: 'topology.json',
    text,
    types: new Map([[httpService.type, httpService]]),
  });
  return (loaded.problems ?? []).map(({ message }) => message);
}

test('the endpoints of the other tests are well declared', () => {
  expect(problemsOf(ENDPOINTS)).toEqual([]);
});

const get = { method: 'GET', path: '/a' };
test.for([
  [{ ...get, path: '/a/{id}' }, '{id} needs a parameter id'],
  [{ ...get, params: { id: { in: 'path' } } }, 'the path has no {id}'],
  [{ ...get, path: '/{id}/{id}', params: { id: { in: 'path' } } }, 'stands in the path once'],
  [{ ...get, params: { b: { in: 'body' } } }, 'a GET carries no body'],
  [{ ...get, params: { b: { in: 'header' } } }, 'path, query, body'],
  [{ ...get, params: { _method: { in: 'query' } } }, 'is not valid: a parameter’s name'],
  [{ ...get, path: 'a' }, 'expected a path'],
  [{ ...get, path: '//other/a' }, 'expected a path'],
  [{ ...get, path: '/a/../b' }, 'expected a path'],
  [{ ...get, path: '/a?b=1' }, 'expected a path'],
  [{ ...get, path: '/a/%2e%2e/b' }, 'expected a path'],
  [{ ...get, path: 'http://other/a' }, 'expected a path'],
  [{ ...get, method: 'CONNECT' }, 'GET, HEAD, POST'],
  [{ method: 'DELETE', path: '/a', access: 'read' }, 'only a POST may be declared as a read'],
  [{ ...get, irreversible: 'x' }, 'this one reads'],
  [{ ...get, params: { q: { in: 'query', pattern: '(a+)+' } } }, 'not understood'],
  [{ ...get, params: { q: { in: 'query', type: 'integer', pattern: 'a' } } }, 'are for type: string'],
  [{ ...get, params: { q: { in: 'query', minimum: 1 } } }, 'are for numbers'],
  [{ ...get, params: { q: { in: 'query', max_length: 9999 } } }, 'at most 1024'],
  [{ ...get, headers: { host: 'other' } }, 'not for a topology to set'],
  [{ ...get, headers: { 'x-http-method-override': 'DELETE' } }, 'not for a topology to set'],
  [{ ...get, headers: { 'transfer-encoding': 'chunked' } }, 'not for a topology to set'],
  [{ ...get, headers: { 'x-a': 'b\r\nc: d' } }, 'printable ASCII'],
  [{ ...get, url: 'http://other' }, 'unknown field "url"'],
] as const)('%j is refused', ([endpoint, message]) => {
  expect(problemsOf({ e: endpoint }).join('\n')).toContain(message);
});

test.for([
  [{ endpoint: 'nowhere' }, 'must name an endpoint of the component that writes; accepted: e, del'],
  [{ endpoint: 'look' }, 'must name an endpoint of the component that writes'],
  [{ endpoint: 'del' }, 'must give id, which del requires'],
  [{ endpoint: 'del', params: { id: { param: 'none' } } }, 'which is no parameter of the endpoint itself'],
  [{ endpoint: 'del', params: { id: { before: '/id' } } }, 'cannot come from before here'],
  [{ endpoint: 'del', params: { id: { value: '1' }, more: { value: '1' } } }, 'is no parameter of del'],
  [
    { endpoint: 'del', params: { id: { value: '1' } }, before: { endpoint: 'del' } },
    'that reads; accepted: look',
  ],
] as const)('the way back %j is refused', ([way_back, message]) => {
  const endpoints = {
    look: get,
    e: { method: 'POST', path: '/a', way_back },
    del: { method: 'DELETE', path: '/a/{id}', params: { id: { in: 'path' } } },
  };
  expect(problemsOf(endpoints).join('\n')).toContain(message);
});

test.for([
  'ftp://shop/',
  'http://user:pw@shop/',
  'http://user@shop/',
  'http://shop/?a=b',
  'http://shop/#a',
  'http://shop/../a',
  'http://shop/%2e%2e/a',
  'http://shop\\@other/',
  'http:shop',
  'file:///etc/passwd',
  'http://',
])('the base url %s is refused', (base_url) => {
  expect(problemsOf({}, { base_url })).not.toEqual([]);
});

test.for(['http://shop', 'https://shop.example:8443/api/v1/', 'http://[::1]:80/a'])(
  'the base url %s is taken',
  (base_url) => {
    expect(problemsOf({}, { base_url })).toEqual([]);
  },
);
