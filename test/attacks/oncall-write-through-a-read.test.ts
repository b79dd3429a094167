import { expect, test } from 'vitest';
import { z } from 'zod';
import { oncallStatus } from '../../src/services/on-call/tools/oncall-status.ts';
import { createHttpClient } from '../../src/toolset/http/client.ts';
import { confine } from '../../src/toolset/http/routes.ts';
import {
  alertmanagerAt,
  openOnCall,
  pagerDutyEventsOnly,
  pagerDutyWithApi,
  slackAt,
  webhookAt,
} from '../services/on-call/lab.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

test('looking sends nothing but GET, and nothing at all where nothing can be read', async () => {
  const server = await recordingServer(({ url }, response) => {
    const answer = url.startsWith('/services/')
      ? { service: { escalation_policy: { id: 'P' } } }
      : { incidents: [], oncalls: [] };
    response.end(url.startsWith('/api/v2') ? '[]' : JSON.stringify(answer));
  });
  for (const connection of [pagerDutyWithApi(server.url), alertmanagerAt(server.url)])
    await openOnCall(connection).read(oncallStatus, undefined, {});
  const looked = server.received.length;
  expect(server.received.map(({ method }) => method)).toEqual(Array(looked).fill('GET'));
  for (const connection of [
    pagerDutyEventsOnly(server.url),
    slackAt(`${server.url}/services/T/B/X`),
    webhookAt(`${server.url}/hooks`),
  ])
    await openOnCall(connection).read(oncallStatus, undefined, {});
  expect(server.received).toHaveLength(looked);
  await server.close();
});

test.each([
  ['POST', ['alerts']],
  ['DELETE', ['alerts']],
  ['GET', ['silences']],
  ['GET', ['alerts', 'groups']],
  ['GET', []],
  ['GET', ['incidents', '..', 'users']],
  ['GET', ['incidents', 'P1/../../users']],
  ['GET', ['incidents', 'P1\n']],
] as const)('below every tool, a %s to %j does not leave', async (method, path) => {
  const server = await recordingServer((_, response) => response.end('[]'));
  const http = createHttpClient({ name: 'API', url: server.url, root: [], headers: {}, askForLess: '' });
  const confined = confine(http, [
    ['GET', 'alerts'],
    ['GET', 'incidents', /^P\d$/],
  ]);
  const signal = new AbortController().signal;
  await expect(confined.ask({ method, path, answer: z.unknown() }, signal)).rejects.toMatchObject({
    code: 'query_refused',
  });
  expect(server.received).toEqual([]);
  await confined.ask({ method: 'GET', path: ['incidents', 'P1'], answer: z.unknown() }, signal);
  expect(server.received).toHaveLength(1);
  await server.close();
});
