import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/secrets/secret.ts';
import { NamesAnswer } from '../../../src/services/loki/api.ts';
import { connector } from '../../../src/services/loki/connect.ts';
import { LokiConnection } from '../../../src/services/loki/connection.ts';
import { loki } from '../../../src/services/loki/service.ts';
import { granted } from '../../harness/granted.ts';
import { openLoki, openTwin, TENANT, TOKEN } from './lab.ts';

const lab = openTwin();
const RATE = { logql: 'sum(rate({app="web"}[5m]))' };

const endpoint = (
  connection: Parameters<typeof connector.openReader>[0]['connection'],
  warnings: string[] = [],
) => ({
  component: 'logs',
  entry: {},
  connection,
  limits: loki.limits,
  warn: (message: string) => void warnings.push(message),
});

describe('what is sent', () => {
  test('a query goes as a form, with credentials and tenant as headers', async () => {
    await lab.read('loki_query', 'shop', { ...RATE, time: 1_700_000_000 });
    expect(lab.twin().requests).toMatchObject([
      {
        method: 'POST',
        path: '/loki/api/v1/query',
        params: { query: 'sum(rate({app="web", namespace="shop"} [5m]))', time: '1700000000.000' },
        headers: { authorization: `Bearer ${TOKEN}`, 'x-scope-orgid': TENANT },
      },
    ]);
    expect(Object.keys(lab.twin().requests[0]?.params ?? {})).toHaveLength(2);
  });

  test('a range query of lines sends limit and direction, one of numbers a step', async () => {
    const period = { start: 1_700_000_000, end: 1_700_000_600 };
    await lab.read('loki_query_range', 'shop', { logql: '{app="web"}', ...period });
    await lab.read('loki_query_range', 'shop', { ...RATE, ...period, step: '1m' });
    const sent = { start: '1700000000.000', end: '1700000600.000' };
    expect(lab.twin().requests.map(({ params }) => params)).toEqual([
      { query: '{app="web", namespace="shop"}', ...sent, limit: '101', direction: 'backward' },
      { query: 'sum(rate({app="web", namespace="shop"} [5m]))', ...sent, step: '60' },
    ]);
  });

  test('user and password go as Basic', async () => {
    const credentials = { user: 'ann', password: new Secret('password', 'pä:ss') };
    const { client } = await connector.openReader(
      endpoint({ url: lab.twin().url, credentials, tenant: TENANT }),
    );
    const asked = client.ask(
      { endpoint: 'labels', params: [], answer: NamesAnswer },
      AbortSignal.timeout(5000),
    );
    await expect(asked).rejects.toMatchObject({ code: 'login_failed' });
    const expected = `Basic ${Buffer.from('ann:pä:ss').toString('base64')}`;
    expect(lab.twin().requests[0]?.headers.authorization).toBe(expected);
  });

  test('credentials over plain http to another machine are warned of', async () => {
    const warnings: string[] = [];
    const credentials = { token: new Secret('token', 't') };
    await connector.openReader(endpoint({ url: 'http://loki.example:3100', credentials }, warnings));
    expect(warnings).toHaveLength(1);
    await connector.openReader(endpoint({ url: 'https://loki.example', credentials }, warnings));
    expect(warnings).toHaveLength(1);
  });
});

describe('what comes back', () => {
  const answering = (status: number, body: string) => (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
  };

  test.for([
    [
      400,
      'parse error at line 1, col 5: syntax error: unexpected IDENTIFIER',
      'query_failed',
      'unexpected IDENTIFIER',
    ],
    [
      400,
      '{"code":400,"status":"error","message":"parse error : queries"}',
      'query_failed',
      'parse error : queries',
    ],
    [400, 'maximum of series (500) reached for a single query', 'query_failed', '(500)'],
    [400, 'the query time range exceeds the limit (query length: 800h, limit: 721h)', 'query_failed', '721h'],
    [400, "pipeline error: 'JSONParserErr' for series: '{a=\"b\"}'.", 'query_failed', '(JSONParserErr)'],
    [400, 'something about 10.0.0.7', 'query_failed', 'found the query wrong'],
    [500, 'rpc error: code = Unknown desc = 10.0.0.7:9095', 'backend_failed', 'failed while it ran'],
    [499, 'the request was cancelled by the client', 'cancelled', 'cancelled'],
    [504, 'request timed out, decrease the duration of the request', 'timeout', 'gave the request up'],
    [429, 'too many outstanding requests', 'too_busy', 'later'],
    [401, 'no org id', 'login_failed', 'credentials'],
    [403, 'parse error: but not ours', 'permission_denied', 'credentials'],
    [404, '404 page not found', 'not_found', 'url'],
    [502, '<html>', 'backend_failed', '502'],
    [200, '<html>', 'backend_failed', 'url'],
    [200, '{"status":"success","data":{"resultType":"streams","result":[]}}', 'backend_failed', 'url'],
  ] as const)('status %s with %s is told apart', async ([status, body, code, words]) => {
    lab.twin().behaviour.instead = answering(status, body);
    const error: unknown = await lab.read('loki_query', 'shop', RATE).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, detail: expect.stringContaining(words) });
    expect(String(error)).not.toContain('10.0.0.7');
    expect(String(error)).not.toContain('{a=');
  });

  test('the twin’s own errors arrive as Loki words them', async () => {
    const all = lab.read('loki_query', 'none', { logql: 'rate({app=~".*"}[5m])' });
    await expect(all).rejects.toMatchObject({
      code: 'query_failed',
      detail: expect.stringContaining('at least one regexp or equality matcher'),
    });
    await expect(lab.read('loki_query_range', 'shop', { logql: '{app=~"("}' })).rejects.toMatchObject({
      code: 'query_failed',
      detail: expect.stringContaining('error parsing regexp'),
    });
  });

  test('an empty list that is left out is empty', async () => {
    lab.twin().behaviour.instead = answering(200, '{"status":"success"}');
    expect(await lab.read('loki_labels', 'none', {})).toMatchObject({ labels: [], truncated: false });
    expect(await lab.read('loki_series', 'shop', {})).toMatchObject({ streams: [] });
    expect(await lab.read('loki_patterns', 'shop', {})).toMatchObject({ patterns: [] });
  });

  test('structured metadata behind a line, and remarks of the server', async () => {
    const stream = { stream: { namespace: 'shop' }, values: [['1700000000000000001', 'a', { trace: 'b' }]] };
    const data = { resultType: 'streams', result: [stream], stats: { summary: {} } };
    const body = JSON.stringify({ status: 'success', data, warnings: ['from 10.0.0.7'] });
    lab.twin().behaviour.instead = answering(200, body);
    const answer = await lab.read('loki_query_range', 'shop', {});
    expect(answer).toMatchObject({
      result: [{ at: '2023-11-14T22:13:20.000000001Z', line: 'a', stream: 0 }],
      truncated: true,
      hint: expect.stringContaining('partial'),
    });
    expect(JSON.stringify(answer)).not.toContain('10.0.0.7');
  });

  test('wrong credentials, and nobody listening', async () => {
    const stranger = openLoki(lab.port(), { token: 'other' });
    await expect(stranger.read('loki_labels', 'shop', {})).rejects.toMatchObject({ code: 'login_failed' });
    const tenantless = openLoki(lab.port(), { tenant: 'nobody' });
    await expect(tenantless.read('loki_labels', 'shop', {})).rejects.toMatchObject({ code: 'login_failed' });
    await expect(openLoki(9).read('loki_labels', 'shop', {})).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('cancelling and the deadline end the request', async () => {
    const abort = new AbortController();
    lab.twin().behaviour.instead = () => abort.abort();
    const cancelled = lab.read('loki_query', 'shop', RATE, { signal: abort.signal });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    lab.twin().behaviour.instead = () => {};
    const late = lab.read('loki_query', 'shop', RATE, { signal: AbortSignal.timeout(20) });
    await expect(late).rejects.toMatchObject({ code: 'timeout' });
  });
});

describe('what a topology may say', () => {
  test.for(['http://127.0.0.1:3100', 'https://gateway.example/logs'])('%s is a url', (url) => {
    expect(LokiConnection.safeParse({ url }).success).toBe(true);
  });
  test.for(['http://ann:word@loki', 'http://loki?a=b', 'ftp://loki', 'loki:3100'])('%s is none', (url) => {
    expect(LokiConnection.safeParse({ url }).success).toBe(false);
  });
  test.for(['a b', '', 'a\r\nb', 'a/b'])('%j is no tenant', (tenant) => {
    expect(LokiConnection.safeParse({ url: 'http://x', tenant }).success).toBe(false);
  });
});

test('there is no writer', async () => {
  const grant = granted({ callId: 'call-1', principal: 'tester', tool: 'loki_push', target: 'logs' });
  await expect(connector.openWriter(endpoint({ url: 'http://x' }), grant)).rejects.toMatchObject({
    code: 'write_refused',
  });
});
