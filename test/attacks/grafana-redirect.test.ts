import { afterEach, expect, test } from 'vitest';
import { Secret } from '../../src/secrets/secret.ts';
import { createAnnotation } from '../../src/services/grafana/tools/create-annotation.ts';
import { search } from '../../src/services/grafana/tools/search.ts';
import { updateDashboard } from '../../src/services/grafana/tools/update-dashboard.ts';
import { openGrafana } from '../services/grafana/lab.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

type Server = Awaited<ReturnType<typeof recordingServer>>;
let servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

const BOARD = { meta: { folderUid: '' }, dashboard: { uid: 'd1', title: 'x', version: 1, panels: [] } };

test.for([301, 302, 303, 307, 308])(
  'a redirect with status %s takes neither token nor write along',
  async (status) => {
    const elsewhere = await recordingServer((_, response) => response.end('[]'));
    const server = await recordingServer(({ method, url }, response) => {
      if (method === 'GET' && url.includes('uid')) response.end(JSON.stringify(BOARD));
      else response.writeHead(status, { location: `${elsewhere.url}/api/search` }).end();
    });
    servers = [elsewhere, server];
    const lab = openGrafana({ url: server.url, credentials: { token: new Secret('token', 't0ken') } });
    await expect(lab.read(search, undefined, {})).rejects.toMatchObject({ code: 'unreachable' });
    await expect(
      lab.write(createAnnotation, undefined, { dashboard: 'd1', text: 'x' }),
    ).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    const args = { dashboard: 'd1', version: 1, reason: 'x', title: 'y' };
    await expect(lab.write(updateDashboard, undefined, args)).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    expect(server.received.filter(({ method }) => method === 'POST')).toHaveLength(2);
    expect(elsewhere.received).toEqual([]);
  },
);
