import { afterEach, expect, test } from 'vitest';
import { Secret } from '../../src/secrets/secret.ts';
import { amAlerts } from '../../src/services/alertmanager/tools/am-alerts.ts';
import { amCreateSilence } from '../../src/services/alertmanager/tools/am-create-silence.ts';
import { HONEST } from '../services/alertmanager/attack.ts';
import { openAm } from '../services/alertmanager/fixture.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

type Server = Awaited<ReturnType<typeof recordingServer>>;
let servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

test.for([301, 302, 303, 307, 308])(
  'a redirect with status %s takes neither silence nor token along',
  async (status) => {
    const elsewhere = await recordingServer((_, response) => response.end('[]'));
    const server = await recordingServer((_, response) => {
      response.writeHead(status, { location: `${elsewhere.url}/api/v2/silences` }).end();
    });
    servers = [elsewhere, server];
    const am = openAm({ url: server.url, credentials: { token: new Secret('token', 't0ken') } });
    await expect(am.read(amAlerts, 'shop', {})).rejects.toMatchObject({ code: 'unreachable' });
    await expect(am.write(amCreateSilence, 'shop', HONEST)).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    expect(server.received.map(({ method, headers }) => [method, headers.authorization])).toEqual([
      ['GET', 'Bearer t0ken'],
      ['POST', 'Bearer t0ken'],
    ]);
    expect(elsewhere.received).toEqual([]);
  },
);
