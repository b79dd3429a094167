import { expect, test } from 'vitest';
import { openStack } from '../harness/stack.ts';
import { ENDPOINTS, serve } from '../services/http-service/fixture.ts';

/** A way back that is tried runs its own code, which ends in calling the endpoint that the topology declares for it. */
test('trying the way back of an HTTP service sends GET alone, and so does trying to make the write again', async () => {
  let status = 'open';
  const { port, received } = await serve(({ method, body }, response) => {
    if (method === 'GET') response.end(JSON.stringify({ id: '7', status, customer: 'Ada' }));
    else {
      status = JSON.parse(body).status;
      response.writeHead(204).end();
    }
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
  try {
    const { history } = stack.stackward;
    const planned = async (to: number) => {
      received.splice(0);
      const { obstacles, steps } = await history.plan('stack', to);
      expect(steps).toHaveLength(1);
      expect(received.length).toBeGreaterThan(0);
      for (const { method } of received) expect(method).toBe('GET');
      return obstacles;
    };
    const start = history.versions.version();
    const params = { id: '7', status: 'paid' };
    const answer = await stack.call('http_write', { target: 'api/set-status', params });
    expect(answer.isError, JSON.stringify(answer.content)).toBe(false);
    const written = history.versions.version();
    expect(await planned(start)).toEqual([]);
    const { digest } = await history.plan('stack', start);
    const run = { principal: 'stack', by: 'tester', signal: new AbortController().signal };
    await history.rollbacks.begin({ to: start, digest }, run);
    expect(status).toBe('open');
    expect(await planned(written)).toEqual([]);
    expect(status).toBe('open');
    status = 'paid';
    expect(await planned(written)).toEqual([expect.stringContaining('is not as the write')]);
  } finally {
    await stack.close();
  }
});
