import { expect, test } from 'vitest';
import { Secret } from '../../src/secrets/secret.ts';
import { amAlerts } from '../../src/services/alertmanager/tools/am-alerts.ts';
import { amCreateSilence } from '../../src/services/alertmanager/tools/am-create-silence.ts';
import { amStatus } from '../../src/services/alertmanager/tools/am-status.ts';
import { HONEST } from '../services/alertmanager/attack.ts';
import { openAm } from '../services/alertmanager/fixture.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

const LEAK = /s3cret|hooks\.example|t0ken/;

test('the configuration and the sources of alerts are never shown', async () => {
  const server = await recordingServer(({ url }, response) => {
    const status = {
      uptime: '2026-01-01T00:00:00Z',
      versionInfo: { version: '0.25.0', buildUser: 's3cret' },
      cluster: { status: 'ready', peers: [{ name: 'a', address: '10.0.0.1:9094', extra: 's3cret' }] },
      config: { original: 'webhook_configs: [{url: https://u:s3cret@hooks.example/x}]' },
    };
    const alert = {
      labels: { namespace: 'shop' },
      annotations: {},
      startsAt: '2026-01-01T00:00:00Z',
      fingerprint: 'f',
      receivers: [],
      status: { state: 'active', silencedBy: [], inhibitedBy: [] },
      generatorURL: 'http://u:s3cret@prometheus/graph?token=s3cret',
    };
    response.end(JSON.stringify(url.includes('status') ? status : [alert]));
  });
  const am = openAm({ url: server.url });
  const shown = [await am.read(amStatus, 'none', {}), await am.read(amAlerts, 'shop', {})];
  await server.close();
  expect(JSON.stringify(shown)).not.toMatch(LEAK);
  expect(shown).toMatchObject([{ version: '0.25.0' }, { alerts: [{ state: 'active' }] }]);
});

test.for([401, 403, 404, 500, 502])('an error page with status %s is not quoted', async (status) => {
  const server = await recordingServer((_, response) => {
    response.writeHead(status).end('"<html>s3cret at hooks.example, authorization: Bearer t0ken</html>"');
  });
  const am = openAm({ url: server.url, credentials: { token: new Secret('token', 't0ken') } });
  for (const attempt of [am.read(amAlerts, 'shop', {}), am.write(amCreateSilence, 'shop', HONEST)]) {
    const error = await attempt.then(String, String);
    expect(error).toContain('ToolError');
    expect(error).not.toMatch(LEAK);
  }
  await server.close();
});
