import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ToolError } from '../../src/toolset/errors.ts';
import { createHttpClient, type HttpApi, type HttpRequest } from '../../src/toolset/http/client.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

type Server = Awaited<ReturnType<typeof recordingServer>>;
type Answer = Parameters<typeof recordingServer>[0];
const open: Server[] = [];
const serve = async (answer: Answer) => {
  const server = await recordingServer(answer);
  open.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const api = (url: string, more: Partial<HttpApi> = {}): HttpApi => ({
  name: 'test API',
  url,
  root: ['api'],
  headers: { authorization: 'Bearer t0ken' },
  askForLess: 'ask for less',
  ...more,
});
const READ = { method: 'GET', path: ['things'], answer: z.object({ ok: z.literal(true) }) } as const;
const WRITE = { ...READ, method: 'POST', json: { a: 1 }, writes: true } as const;
const signal = () => new AbortController().signal;
const ask = (url: string, request: HttpRequest<unknown>, more: Partial<HttpApi> = {}, end = signal()) =>
  createHttpClient(api(url, more)).ask(request, end);

describe('what is sent', () => {
  test('half a surrogate pair is no name', async () => {
    const path = ['things', '\ud800'];
    await expect(ask('http://127.0.0.1:1', { ...READ, path })).rejects.toMatchObject({
      code: 'invalid_arguments',
    });
  });

  test('path, query, JSON, form or text, and who calls', async () => {
    const server = await serve((_, response) => response.end('{"ok":true}'));
    const path = ['things', 'a/b?c#d', 'ü'];
    await ask(`${server.url}/prefix/`, {
      ...READ,
      path,
      query: [
        ['q', 'x&y=z'],
        ['q', '"'],
      ],
    });
    await ask(server.url, WRITE);
    await ask(server.url, { ...READ, method: 'POST', form: [['a', 'b c']] });
    await ask(server.url, { ...READ, method: 'POST', text: 'SELECT 1\n{"ü"}' });
    await ask(server.url, { ...READ, method: 'DELETE' });
    expect(server.received).toMatchObject([
      { method: 'GET', url: '/prefix/api/things/a%2Fb%3Fc%23d/%C3%BC?q=x%26y%3Dz&q=%22', body: '' },
      {
        method: 'POST',
        url: '/api/things',
        body: '{"a":1}',
        headers: { 'content-type': 'application/json' },
      },
      { method: 'POST', body: 'a=b+c', headers: { 'content-type': expect.stringContaining('urlencoded') } },
      {
        method: 'POST',
        body: 'SELECT 1\n{"ü"}',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      },
      { method: 'DELETE', url: '/api/things' },
    ]);
    for (const { headers } of server.received) expect(headers.authorization).toBe('Bearer t0ken');
  });

  test.for(['', '.', '..'])('%j is no segment, and nothing is sent', async (segment) => {
    const server = await serve((_, response) => response.end('{"ok":true}'));
    for (const request of [READ, WRITE])
      await expect(ask(server.url, { ...request, path: ['things', segment] })).rejects.toMatchObject({
        code: 'invalid_arguments',
      });
    expect(server.received).toEqual([]);
  });

  test('a call that has ended sends nothing', async () => {
    const server = await serve((_, response) => response.end('{"ok":true}'));
    await expect(ask(server.url, WRITE, {}, AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(server.received).toEqual([]);
  });
});

describe('how a request ends', () => {
  const status =
    (code: number, body = ''): Answer =>
    (_, response) => {
      response.writeHead(code).end(body);
    };
  const endings: [string, Answer, string, string][] = [
    ['no JSON', status(200, '<html>'), 'backend_failed', 'outcome_unknown'],
    ['an empty body', status(200), 'backend_failed', 'outcome_unknown'],
    ['another shape', status(200, '{"ok":false}'), 'backend_failed', 'outcome_unknown'],
    ['a cut connection', (_, response) => response.destroy(), 'unreachable', 'outcome_unknown'],
    [
      'a cut body',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy());
      },
      'unreachable',
      'outcome_unknown',
    ],
    ['too large', status(200, 'x'.repeat(2000)), 'result_too_large', 'outcome_unknown'],
    ['too large a refusal', status(400, 'x'.repeat(2000)), 'result_too_large', 'outcome_unknown'],
    ['401', status(401), 'login_failed', 'login_failed'],
    ['403', status(403), 'permission_denied', 'permission_denied'],
    ['404', status(404), 'not_found', 'not_found'],
    ['409', status(409), 'conflict', 'conflict'],
    ['418', status(418), 'backend_failed', 'backend_failed'],
    ['429', status(429), 'too_busy', 'too_busy'],
    ['500', status(500), 'backend_failed', 'outcome_unknown'],
    ['502', status(502), 'backend_failed', 'outcome_unknown'],
    ['504', status(504), 'timeout', 'outcome_unknown'],
  ];
  test.each(endings)('%s: a read and a write', async (_name, answer, reading, writing) => {
    const server = await serve(answer);
    const limit = { maxBytes: 1000 };
    await expect(ask(server.url, READ, limit)).rejects.toMatchObject({ code: reading });
    await expect(ask(server.url, WRITE, limit)).rejects.toMatchObject({ code: writing });
    expect(server.received).toHaveLength(2);
  });

  test('a body is never quoted unless the API says what it means', async () => {
    const server = await serve(status(400, 'sec-ret'));
    const error = await ask(server.url, READ).catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain('sec-ret');
    const failureOf = (code: number, body: string) => new ToolError('conflict', `${code} ${body}`);
    await expect(ask(server.url, WRITE, { failureOf })).rejects.toMatchObject({ detail: '400 sec-ret' });
  });

  test.for([301, 302, 303, 307, 308])('a %s is not followed, body and credentials stay', async (code) => {
    const elsewhere = await serve(status(200, '{"ok":true}'));
    const server = await serve((_, response) => {
      response.writeHead(code, { location: elsewhere.url }).end();
    });
    await expect(ask(server.url, READ)).rejects.toMatchObject({ code: 'unreachable' });
    await expect(ask(server.url, WRITE)).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(elsewhere.received).toEqual([]);
  });

  test('where nobody listens, nothing can have happened', async () => {
    const server = await recordingServer(() => {});
    await server.close();
    for (const request of [READ, WRITE])
      await expect(ask(server.url, request)).rejects.toMatchObject({
        code: 'unreachable',
        detail: expect.stringContaining('ECONNREFUSED'),
      });
    await expect(ask('http://no-such-host.invalid', WRITE)).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('a write that is cancelled on its way may have happened', async () => {
    for (const [request, code] of [
      [READ, 'cancelled'],
      [WRITE, 'outcome_unknown'],
    ] as const) {
      const abort = new AbortController();
      const server = await serve(() => abort.abort());
      await expect(ask(server.url, request, {}, abort.signal)).rejects.toMatchObject({ code });
    }
  });
});
