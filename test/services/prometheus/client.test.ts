import { afterEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../src/secrets/secret.ts';
import { connector } from '../../../src/services/prometheus/connect.ts';
import { PrometheusConnection } from '../../../src/services/prometheus/connection.ts';
import { LabelScope } from '../../../src/toolset/label-scope.ts';
import { answering, isProbe, openProm, recordingServer } from './fixture.ts';

type Server = Awaited<ReturnType<typeof recordingServer>>;
const open: Server[] = [];
const serve = async (answer: Parameters<typeof recordingServer>[0]) => {
  const server = await recordingServer(answer);
  open.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const EMPTY = { resultType: 'vector', result: [] };

describe('what is sent', () => {
  test('a query goes as a POST form below the path prefix, with the deadline', async () => {
    const server = await serve(answering(EMPTY));
    const prom = await openProm({ url: `${server.url}/prometheus/` });
    await prom.call('prom_query', { metric: 'up', time: 1_700_000_000 }, 'shop', {
      limits: { deadlineMs: 10_000, rows: 7 },
    });
    expect(server.received).toMatchObject([{ method: 'POST', url: '/prometheus/api/v1/query' }]);
    expect(Object.fromEntries(new URLSearchParams(server.received[0]?.body))).toEqual({
      query: 'up{namespace="shop"}',
      time: '1700000000.000',
      timeout: '9500ms',
      limit: '8',
    });
  });

  test('token, password and tenant go as headers', async () => {
    const server = await serve(answering(EMPTY));
    const bearer = await openProm({
      url: server.url,
      credentials: { token: new Secret('token', 't0ken') },
      tenant: 'shop|eu',
    });
    await bearer.call('prom_query', { metric: 'up' }, 'none');
    const basic = await openProm({
      url: server.url,
      credentials: { user: 'ann', password: new Secret('password', 'pä:ss') },
    });
    await basic.call('prom_query', { metric: 'up' }, 'none');
    expect(server.received[0]?.headers).toMatchObject({
      authorization: 'Bearer t0ken',
      'x-scope-orgid': 'shop|eu',
    });
    expect(server.received[1]?.headers.authorization).toBe(
      `Basic ${Buffer.from('ann:pä:ss').toString('base64')}`,
    );
  });

  test('a token that no header can carry is refused without being quoted', async () => {
    const opening = openProm({
      url: 'http://127.0.0.1:9',
      credentials: { token: new Secret('token', 'sec\nret') },
    });
    await expect(opening).rejects.toMatchObject({
      code: 'secret_unavailable',
      detail: expect.not.stringContaining('sec'),
    });
  });

  test('credentials over plain http to another machine are warned of', async () => {
    const credentials = { token: new Secret('token', 't') };
    expect((await openProm({ url: 'http://prometheus.example:9090', credentials })).warnings).toHaveLength(1);
    expect((await openProm({ url: 'https://prometheus.example', credentials })).warnings).toEqual([]);
    expect((await openProm({ url: 'http://127.0.0.1:9090', credentials })).warnings).toEqual([]);
  });
});

describe('what comes back', () => {
  const failing = (status: number, body: unknown) => serve(answering(body, status));
  const call = async (url: string, signal?: AbortSignal) =>
    (await openProm({ url })).call('prom_query', { metric: 'up' }, 'none', signal ? { signal } : {});
  const error = (errorType: string) => ({ status: 'error', errorType, error: 'their words' });

  test.for([
    [400, error('bad_data'), 'query_failed', 'their words'],
    [422, error('execution'), 'query_failed', 'could not be evaluated'],
    [
      422,
      { ...error('execution'), error: 'many-to-many matching not allowed' },
      'query_failed',
      'many-to-many',
    ],
    [503, error('timeout'), 'timeout', 'Prometheus gave'],
    [503, error('unavailable'), 'backend_failed', 'Prometheus failed'],
    [500, error('internal'), 'backend_failed', 'Prometheus failed'],
    [401, error('bad_data'), 'login_failed', 'credentials'],
    [403, 'no', 'permission_denied', 'credentials'],
    [404, 'no such page', 'not_found', 'url'],
    [429, 'slow down', 'too_busy', 'later'],
    [502, '<html>', 'backend_failed', 'status 502'],
  ] as const)('status %s is told apart', async ([status, body, code, words]) => {
    const server = await failing(status, body);
    await expect(call(server.url)).rejects.toMatchObject({ code, detail: expect.stringContaining(words) });
  });

  test('an answer of another shape is a failure of the backend', async () => {
    const server = await serve(answering({ resultType: 'vector', result: 'none' }));
    await expect(call(server.url)).rejects.toMatchObject({ code: 'backend_failed' });
    const page = await serve((_, response) => response.end('<html>hello</html>'));
    await expect(call(page.url)).rejects.toMatchObject({ code: 'backend_failed' });
  });

  test('nobody listening is unreachable', async () => {
    const server = await recordingServer(() => {});
    await server.close();
    await expect(call(server.url)).rejects.toMatchObject({
      code: 'unreachable',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('cancelling and the deadline end the request', async () => {
    const abort = new AbortController();
    const server = await serve(() => abort.abort());
    await expect(call(server.url, abort.signal)).rejects.toMatchObject({ code: 'cancelled' });
    await expect(call(server.url, AbortSignal.timeout(1))).rejects.toMatchObject({ code: 'timeout' });
  });

  test('native histograms and remarks of the server are shown', async () => {
    const histogram = { count: '3', sum: '6', buckets: [[0, '1', '2', '3']] };
    const server = await serve((_, response) =>
      response.end(
        JSON.stringify({
          status: 'success',
          data: { resultType: 'vector', result: [{ metric: { a: 'b' }, histogram: [1, histogram] }] },
          infos: ['metric might not be a counter'],
        }),
      ),
    );
    expect(await call(server.url)).toMatchObject({
      result: [{ metric: { a: 'b' }, at: 1, histogram }],
      warnings: ['metric might not be a counter'],
    });
  });

  test('metrics come without metadata from a server that keeps none', async () => {
    const server = await serve(({ url }, response) => {
      if (url.includes('metadata')) response.writeHead(404).end('no such endpoint');
      else answering(isProbe(url) ? [] : ['up'])({ method: '', url, headers: {}, body: '' }, response);
    });
    const prom = await openProm({ url: server.url });
    expect(await prom.call('prom_metrics', {}, 'shop')).toMatchObject({ metrics: [{ name: 'up' }] });
  });
});

describe('what a topology may say', () => {
  test.for(['http://127.0.0.1:9090', 'https://mimir.example/prometheus', 'http://[::1]:9090/'])(
    '%s is a url',
    (url) => {
      expect(PrometheusConnection.safeParse({ url }).success).toBe(true);
    },
  );
  test.for([
    { labels: {} },
    { labels: { 'a b': 'c' } },
    { labels: { a: '' } },
    { labels: { __name__: 'up' } },
    {},
    { labels: { a: 'b' }, x: 1 },
  ])('%j is no scope', (scope) => {
    expect(LabelScope.safeParse(scope).success).toBe(false);
  });
  test.for(['a b', '', 'a\nb', 'a/b'])('%j is no tenant', (tenant) => {
    expect(PrometheusConnection.safeParse({ url: 'http://x', tenant }).success).toBe(false);
  });
});

test('there is no writer', async () => {
  const endpoint = {
    component: 'metrics',
    entry: {},
    connection: { url: 'http://x' },
    limits: { rows: 1, bytes: 1, deadlineMs: 1 },
    warn: () => {},
  };
  const grant = Object.create(null);
  await expect(connector.openWriter(endpoint, grant)).rejects.toMatchObject({ code: 'write_refused' });
});
