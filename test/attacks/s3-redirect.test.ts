import { afterEach, describe, expect, test } from 'vitest';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { EACH } from '../services/s3/attack.ts';
import { connectionOf, labForTests, openS3 } from '../services/s3/fixture.ts';

const lab = labForTests();
type Server = Awaited<ReturnType<typeof recordingServer>>;
let servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

const errorOf = (code: string, host: string) =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>moved</Message><Endpoint>${host}</Endpoint><Bucket>shop-plain</Bucket></Error>`;

describe.each([
  [301, 'PermanentRedirect'],
  [302, 'Found'],
  [303, 'SeeOther'],
  [307, 'TemporaryRedirect'],
  [308, 'PermanentRedirect'],
  [400, 'IllegalLocationConstraintException'],
  [400, 'AuthorizationHeaderMalformed'],
] as const)('status %s %s', (status, code) => {
  test('takes no request to where it points', async () => {
    const elsewhere = await recordingServer((_, response) => response.end('<a/>'));
    const server = await recordingServer((_, response) => {
      response
        .writeHead(status, {
          location: `${elsewhere.url}/shop-plain/a`,
          'x-amz-bucket-region': 'us-west-2',
          'content-type': 'application/xml',
        })
        .end(errorOf(code, elsewhere.url.replace('http://', '')));
    });
    servers = [elsewhere, server];
    const s3 = openS3(connectionOf({ ...lab.twin, url: server.url }));
    for (const attempt of EACH) {
      const error: unknown = await attempt(s3).catch((thrown: unknown) => thrown);
      expect(`${error}`).not.toContain(elsewhere.url);
      expect(`${error}`).not.toContain('us-west-2');
    }
    expect(elsewhere.received).toEqual([]);
    // What was asked of the right server names its own region and host each time.
    for (const { headers } of server.received) {
      expect(headers.host).toBe(server.url.replace('http://', ''));
      expect(headers.authorization).toContain(`/${lab.twin.account.region}/s3/`);
    }
  });
});
