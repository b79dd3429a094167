import { afterEach, expect, test } from 'vitest';
import { Secret } from '../../src/secrets/secret.ts';
import { answering, openProm, recordingServer } from '../services/prometheus/fixture.ts';

type Server = Awaited<ReturnType<typeof recordingServer>>;
let servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

const CALLS: [string, object][] = [
  ['prom_query', { metric: 'up' }],
  ['prom_labels', { label: 'job' }],
  ['prom_alerts', {}],
];

test.for([301, 302, 303, 307, 308])('a redirect with status %s is not followed', async (status) => {
  const elsewhere = await recordingServer(answering([]));
  const server = await recordingServer((_, response) => {
    response.writeHead(status, { location: `${elsewhere.url}/api/v1/query` }).end();
  });
  servers = [elsewhere, server];
  const prom = await openProm({ url: server.url, credentials: { token: new Secret('token', 't0ken') } });
  for (const [tool, args] of CALLS) {
    await expect(prom.call(tool, args, 'none')).rejects.toMatchObject({
      code: 'unreachable',
      detail: expect.stringContaining('redirects'),
    });
  }
  expect(server.received).toHaveLength(CALLS.length);
  expect(elsewhere.received).toEqual([]);
});

test('a redirect to the same server is not followed either', async () => {
  const server = await recordingServer(({ url }, response) => {
    if (url.startsWith('/internal'))
      return answering([])({ method: '', url, headers: {}, body: '' }, response);
    response.writeHead(302, { location: '/internal/secrets' }).end();
  });
  servers = [server];
  const call = (await openProm({ url: server.url })).call('prom_alerts', {}, 'none');
  await expect(call).rejects.toMatchObject({ code: 'unreachable' });
  expect(server.received.map(({ url }) => url)).toEqual(['/api/v1/alerts']);
});
