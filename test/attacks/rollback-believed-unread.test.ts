import { expect, onTestFinished, test } from 'vitest';
import { STACK_PRINCIPAL } from '../../src/toolset/reach.ts';
import { reportOf } from '../../src/versions/report.ts';
import { openStack } from '../harness/stack.ts';
import { answerJson, ENDPOINTS, serve } from '../services/http-service/fixture.ts';

test('a service that says yes to a way back and does nothing is not called restored', async () => {
  let status = 'open';
  let writes = 0;
  const { port, received } = await serve((request, response) => {
    if (request.method === 'GET') return answerJson({ id: '7', status })(request, response);
    writes += 1;
    // The second write is the way back, which it accepts and forgets.
    if (writes === 1) status = JSON.parse(request.body).status;
    response.writeHead(204).end();
  });
  const stack = await openStack({
    topology: JSON.stringify({
      stack: 'shop',
      components: {
        app: { type: 'application' },
        api: { type: 'http-service', base_url: `http://127.0.0.1:${port}`, endpoints: ENDPOINTS },
      },
      links: [{ from: 'app', to: 'api', type: 'calls' }],
    }),
    env: { MCP_API_WRITE_ACCESS: 'true' },
  });
  onTestFinished(() => stack.close());
  const { history } = stack.stackward;
  const to = history.versions.version();
  const paid = { target: 'api/set-status', params: { id: '7', status: 'paid' } };
  expect((await stack.call('http_write', paid)).isError).toBe(false);

  const { digest } = await history.plan(STACK_PRINCIPAL, to);
  const run = { principal: STACK_PRINCIPAL, by: 'tester', signal: new AbortController().signal };
  const report = reportOf(await history.rollbacks.begin({ to, digest }, run));
  expect(status).toBe('paid');
  expect(received.at(-1)?.method, 'it was not read afterwards').toBe('GET');
  expect(report).toMatchObject({ results: [{ result: 'restored_unverified' }], at_target: false });
});
