import { afterEach, expect, test } from 'vitest';
import { oncallPage } from '../../src/services/on-call/tools/oncall-page.ts';
import { oncallStatus } from '../../src/services/on-call/tools/oncall-status.ts';
import {
  alertmanagerAt,
  openOnCall,
  pagerDutyEventsOnly,
  pagerDutyWithApi,
  slackAt,
  somePage,
  webhookAt,
} from '../services/on-call/lab.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

type Server = Awaited<ReturnType<typeof recordingServer>>;
let servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

test.for([301, 302, 303, 307, 308])(
  'a redirect with status %s takes neither page, key nor token along',
  async (status) => {
    const elsewhere = await recordingServer((_, response) => response.end('[]'));
    const server = await recordingServer((_, response) => {
      response.writeHead(status, { location: `${elsewhere.url}/v2/enqueue` }).end();
    });
    servers = [elsewhere, server];
    for (const connection of [
      pagerDutyEventsOnly(server.url),
      slackAt(`${server.url}/services/T/B/X`),
      webhookAt(`${server.url}/hooks`),
    ])
      await expect(openOnCall(connection).write(oncallPage, undefined, somePage())).rejects.toMatchObject({
        code: 'outcome_unknown',
      });
    for (const connection of [pagerDutyWithApi(server.url), alertmanagerAt(server.url)])
      await expect(openOnCall(connection).read(oncallStatus, undefined, {})).rejects.toMatchObject({
        code: 'unreachable',
      });
    expect(server.received).toHaveLength(5);
    expect(elsewhere.received).toEqual([]);
  },
);
