import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { oncallPage } from '../../src/services/on-call/tools/oncall-page.ts';
import { oncallStatus } from '../../src/services/on-call/tools/oncall-status.ts';
import {
  alertmanagerAt,
  openOnCall,
  pagerDutyWithApi,
  slackAt,
  somePage,
  webhookAt,
} from '../services/on-call/lab.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { API_TOKEN, ROUTING_KEY } from '../twins/pagerduty.ts';
import { HOOK_SECRET, HOOK_TOKEN } from '../twins/webhook.ts';

const PATH = '/services/T0000/B0000/s3cret-of-slack';
const SECRETS = [API_TOKEN, ROUTING_KEY, HOOK_SECRET, HOOK_TOKEN, PATH];

test.for([400, 401, 403, 404, 410, 422, 500, 503])(
  'an answer with status %s that repeats the request is not quoted',
  async (status) => {
    const server = await recordingServer(({ url, headers, body }, response) => {
      const said = [url, JSON.stringify(headers), body, ...SECRETS].join('\n');
      response.writeHead(status).end(JSON.stringify({ message: said, errors: [said], error: said }));
    });
    const connections = [
      pagerDutyWithApi(server.url),
      slackAt(`${server.url}${PATH}`),
      webhookAt(`${server.url}/hooks`),
      alertmanagerAt(server.url),
    ];
    for (const connection of connections) {
      const lab = openOnCall(connection);
      const errors = [
        await lab.write(oncallPage, undefined, somePage()).catch((thrown: unknown) => thrown),
        await lab.read(oncallStatus, undefined, {}).catch((thrown: unknown) => thrown),
      ];
      const shown = inspect([errors, lab.warnings], { depth: 10 });
      for (const secret of SECRETS) expect(shown).not.toContain(secret);
    }
    await server.close();
  },
);

test('the state that is shown where nothing can be read holds no address and no key', async () => {
  const server = await recordingServer((_, response) => response.end('ok'));
  const lab = openOnCall(slackAt(`${server.url}${PATH}`));
  const written = await lab.write(oncallPage, undefined, somePage());
  const shown = JSON.stringify([written, await lab.read(oncallStatus, undefined, {})]);
  expect(shown).not.toContain('s3cret');
  expect(server.received).toHaveLength(1);
  await server.close();
});
