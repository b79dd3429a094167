import { expect, test } from 'vitest';
import { answerJson, ENDPOINTS, openService, serve } from '../services/http-service/fixture.ts';

test.for([301, 302, 303, 307, 308])('a redirect with status %s is followed nowhere', async (status) => {
  const elsewhere = await serve(answerJson({ stolen: true }));
  const api = await openService(
    ENDPOINTS,
    (_, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${elsewhere.port}/orders/1` }).end();
    },
    { connection: { credentials: { token: { env: 'TOKEN' } } }, env: { TOKEN: 't0ken-value' } },
  );
  const read = await api.call('http_read', 'get-order', { id: '1' });
  expect(read.value).toMatchObject({ status, ok: false, hint: expect.stringContaining('never followed') });
  expect(read.text).not.toContain(String(elsewhere.port));
  expect((await api.raw('http_check', {})).value).toMatchObject({ status });
  expect((await api.call('http_write', 'create', { customer: 'x' })).text).toMatch(/^outcome_unknown/);
  expect(elsewhere.received).toEqual([]);
  expect(api.received.map(({ url }) => url)).toEqual(['/orders/1', '/', '/orders']);
});

test('a redirect to the same service is not followed either', async () => {
  const api = await openService(ENDPOINTS, (_, response) => {
    response.writeHead(302, { location: '/internal' }).end();
  });
  await api.call('http_read', 'get-order', { id: '1' });
  expect(api.received).toHaveLength(1);
});

test('an answer that moves on by other means stays where it is', async () => {
  const elsewhere = await serve(answerJson({}));
  const to = `http://127.0.0.1:${elsewhere.port}/`;
  const api = await openService(ENDPOINTS, (_, response) => {
    response
      .writeHead(200, { refresh: `0; url=${to}`, link: `<${to}>; rel=preload`, 'alt-svc': `h2="${to}"` })
      .end();
  });
  await api.call('http_read', 'get-order', { id: '1' });
  await api.call('http_read', 'get-order', { id: '1' });
  expect(elsewhere.received).toEqual([]);
});
