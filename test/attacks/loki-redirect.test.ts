import { expect, test } from 'vitest';
import { openLoki, TOKEN } from '../services/loki/lab.ts';
import { answering, recordingServer } from '../services/prometheus/fixture.ts';

const CALLS: [string, object][] = [
  ['loki_query', { logql: 'rate({a="b"}[5m])' }],
  ['loki_query_range', {}],
  ['loki_labels', {}],
  ['loki_stats', {}],
];

test.for([301, 302, 303, 307, 308])('a redirect with status %s is not followed', async (status) => {
  const elsewhere = await recordingServer(answering([]));
  const server = await recordingServer((_, response) => {
    response.writeHead(status, { location: `${elsewhere.url}/loki/api/v1/query` }).end();
  });
  const client = openLoki(Number(new URL(server.url).port));
  for (const [tool, args] of CALLS) {
    const error: unknown = await client.read(tool, 'shop', args).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unreachable', detail: expect.stringContaining('redirects') });
    expect(String(error)).not.toContain(TOKEN);
  }
  expect(server.received).toHaveLength(CALLS.length);
  expect(elsewhere.received).toEqual([]);
  await Promise.all([server.close(), elsewhere.close()]);
});
