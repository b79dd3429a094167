import { expect, onTestFinished, test } from 'vitest';
import { recordCalls } from '../audit/sample.ts';
import { SHIP_ENGINES, ship, soon } from '../audit/ship/lab.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

/** The flaw: a redirect takes the audit, and the token that may write it, to a host that nobody named. */
test.for([301, 302, 303, 307, 308])(
  'a redirect with status %s gets neither records nor token',
  async (status) => {
    const elsewhere = await recordingServer((_, response) => response.writeHead(204).end());
    const server = await recordingServer((_, response) => {
      response.writeHead(status, { location: `${elsewhere.url}/loki/api/v1/push` }).end();
    });
    onTestFinished(async () => {
      await Promise.all([elsewhere.close(), server.close()]);
    });
    const engine = await SHIP_ENGINES[0]?.[1]();
    if (!engine) throw new Error('there is an engine');
    await recordCalls(await engine.open(), 1);
    const { shipping, reports } = ship(engine, server.url, { env: { STACKWARD_AUDIT_LOKI_TOKEN: 't0ken' } });
    await soon(() => server.received.length).toBeGreaterThan(1);
    expect(server.received[0]?.headers.authorization).toBe('Bearer t0ken');
    expect(elsewhere.received).toEqual([]);
    expect(shipping.status().shipped).toBe(0);
    expect(reports.join()).toContain(`it redirects (${status}), which is not followed`);
  },
);
