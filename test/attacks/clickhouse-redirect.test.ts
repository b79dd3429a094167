import { expect, test } from 'vitest';
import { Secret } from '../../src/secrets/secret.ts';
import { connector } from '../../src/services/clickhouse/connect.ts';
import { tables } from '../../src/services/clickhouse/tools/tables.ts';
import { openToolLab } from '../harness/tool-lab.ts';
import { LIMITS } from '../services/clickhouse/lab.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

test.for([301, 302, 303, 307, 308])(
  'a redirect with status %s takes neither query nor password along',
  async (status) => {
    const elsewhere = await recordingServer((_, response) => response.end('{}'));
    const server = await recordingServer((_, response) => {
      response.writeHead(status, { location: `${elsewhere.url}/` }).end();
    });
    const olap = openToolLab({
      connector,
      connection: {
        url: server.url,
        credentials: { user: 'u', password: new Secret('password', 'pass-word') },
      },
      subs: { shop: {} },
      limits: LIMITS,
    });
    await expect(olap.read(tables, 'shop', {})).rejects.toMatchObject({ code: 'unreachable' });
    expect(server.received.length).toBeGreaterThan(0);
    expect(elsewhere.received).toEqual([]);
    await Promise.all([server.close(), elsewhere.close()]);
  },
);
