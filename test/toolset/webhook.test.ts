import { expect, test } from 'vitest';
import { postEvent, WebhookUrl } from '../../src/toolset/http/webhook.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

test('an address that is accepted is the address that is posted to', async () => {
  const server = await recordingServer((_, response) => response.end('ok'));
  const paths = [
    '',
    '/hooks/T1/B2',
    '/bot1:AB-c/send',
    "/a(b)'c!*~",
    '/a,b;c=d&e$f+g',
    '/ä',
    '/{id}',
    '/"x"',
    '/a|b',
  ];
  const accepted = paths.filter((path) => WebhookUrl.safeParse(`${server.url}${path}`).success);
  for (const path of accepted)
    await postEvent(
      { name: 'hook', url: `${server.url}${path}`, headers: {} },
      {},
      undefined,
      AbortSignal.timeout(5_000),
    );
  expect(server.received.map(({ url }) => url)).toEqual(accepted.map((path) => path || '/'));
  expect(accepted).toContain('/hooks/T1/B2');
  await server.close();
});
