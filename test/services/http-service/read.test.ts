import { expect, test } from 'vitest';
import { answerJson, ENDPOINTS, openService } from './fixture.ts';

test('a read sends the declared method and path, each value in its place, and no header of its own', async () => {
  const api = await openService(ENDPOINTS, answerJson({ id: 7, lines: [] }), { prefix: '/api' });
  const { value } = await api.call('http_read', 'get-order', { id: 'a b', view: 'x&y=1 z', page: 2 });
  expect(value).toMatchObject({ status: 200, ok: true, json: { id: 7, lines: [] }, truncated: false });
  const [head, ...headers] = api.sent().trimEnd().split('\r\n');
  expect(head).toBe('GET /api/orders/a%20b?view=x%26y%3D1+z&page=2 HTTP/1.1');
  expect(headers.map((line) => line.split(':')[0]?.toLowerCase()).sort()).toEqual([
    'accept',
    'connection',
    'host',
  ]);
});

test('a declared search posts JSON with the types kept', async () => {
  const api = await openService(ENDPOINTS, answerJson([]));
  await api.call('http_read', 'search', { words: 'two\nlines "quoted"', limit: 5 });
  expect(api.received[0]).toMatchObject({
    method: 'POST',
    url: '/orders/search',
    body: '{"words":"two\\nlines \\"quoted\\"","limit":5}',
    headers: { 'content-type': 'application/json' },
  });
});

test('a form is sent as a form, and fixed headers as they stand', async () => {
  const form = {
    ...ENDPOINTS.search,
    body_format: 'form',
    headers: { 'x-api-version': '2', accept: 'text/csv' },
  };
  const api = await openService({ search: form }, answerJson([]));
  await api.call('http_read', 'search', { words: 'a&b=c', limit: 5 });
  expect(api.received[0]).toMatchObject({
    body: 'words=a%26b%3Dc&limit=5',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-api-version': '2',
      accept: 'text/csv',
    },
  });
});

test.for([
  [{ token: { env: 'CREDENTIAL' } }, 'authorization', 'Bearer s3cr3t-value'],
  [{ user: 'me', password: { env: 'CREDENTIAL' } }, 'authorization', `Basic ${btoa('me:s3cr3t-value')}`],
  [{ header: 'x-api-key', value: { env: 'CREDENTIAL' } }, 'x-api-key', 's3cr3t-value'],
] as const)(
  'credentials %j arrive, and are masked in what comes back',
  async ([credentials, header, sent]) => {
    const api = await openService(
      ENDPOINTS,
      ({ headers }, response) => {
        response.writeHead(200, { 'content-type': 'text/plain' }).end(`you sent ${headers[header]}`);
      },
      { connection: { credentials }, env: { CREDENTIAL: 's3cr3t-value' } },
    );
    const { text } = await api.call('http_read', 'get-order', { id: '1' });
    expect(api.received[0]?.headers[header]).toBe(sent);
    expect(text).not.toContain('s3cr3t-value');
    expect(text).not.toContain(btoa('me:s3cr3t-value'));
  },
);

test('answers of the service itself are results; missing credentials and a dead upstream are errors', async () => {
  let status = 404;
  const api = await openService(ENDPOINTS, (received, response) =>
    answerJson({ error: 'no order 9' }, status)(received, response),
  );
  expect((await api.call('http_read', 'get-order', { id: '9' })).value).toMatchObject({
    status: 404,
    ok: false,
    json: { error: 'no order 9' },
  });
  status = 500;
  expect((await api.call('http_read', 'get-order', { id: '9' })).value).toMatchObject({
    status: 500,
    ok: false,
  });
  status = 401;
  expect((await api.call('http_read', 'get-order', { id: '9' })).text).toMatch(/^login_failed/);
  status = 503;
  expect((await api.call('http_read', 'get-order', { id: '9' })).text).toMatch(/^backend_failed/);
});

test('bytes come as base64, and a compressed body that nobody asked for as the bytes that it is', async () => {
  const api = await openService(ENDPOINTS, ({ url }, response) => {
    if (url.includes('raw')) response.end(Buffer.from([0xff, 0xfe, 0x00]));
    else response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.from('plain'));
  });
  expect((await api.call('http_read', 'get-order', { id: 'raw' })).value).toMatchObject({ base64: '//4A' });
  expect((await api.call('http_read', 'get-order', { id: 'zip' })).value).toMatchObject({
    base64: Buffer.from('plain').toString('base64'),
  });
});

test('of the headers of an answer only a few are shown', async () => {
  const api = await openService(ENDPOINTS, (_, response) => {
    response
      .writeHead(200, { etag: '"1"', 'set-cookie': 'session=1', server: 'x/1.2', location: '/a' })
      .end();
  });
  const { value } = await api.call('http_read', 'get-order', { id: '1' });
  expect(Object.keys(value.headers as object).sort()).toEqual(['date', 'etag']);
});

test('the endpoints are listed with their tools and parameters', async () => {
  const api = await openService(ENDPOINTS, answerJson({}));
  const { value } = await api.raw('http_endpoints', {});
  expect(value.endpoints).toContainEqual({
    target: 'api/create',
    tool: 'http_write',
    method: 'POST',
    path: '/orders',
    params: [
      { name: 'customer', in: 'body', takes: 'text of at most 256 characters', required: true },
      { name: 'paid', in: 'body', takes: 'true or false', required: false },
    ],
    way_back: 'cancel',
  });
  const tools = (value.endpoints as { target: string; tool: string }[]).map(({ target, tool }) => [
    target,
    tool,
  ]);
  expect(Object.fromEntries(tools)).toEqual({
    'api/get-order': 'http_read',
    'api/search': 'http_read',
    'api/set-status': 'http_write',
    'api/create': 'http_write',
    'api/cancel': 'http_write_irreversible',
  });
});
