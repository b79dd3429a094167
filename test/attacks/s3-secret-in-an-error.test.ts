import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/secrets/secret.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { EACH, WITH_KEY } from '../services/s3/attack.ts';
import { connectionOf, labForTests, openS3 } from '../services/s3/fixture.ts';

const lab = labForTests();
const LEAK = /AKIA-OF-SOMEBODY|internal\/secret|s3cr\/et|SIGNED|hidden\.example|twin\/secret/;

/** S3 answers a wrong signature with all that was signed, and errors with names of hosts and accounts. */
const BODY = `<?xml version="1.0"?><Error><Code>CODE</Code><Message>s3cr/et of AKIA-OF-SOMEBODY</Message>
<AWSAccessKeyId>AKIA-OF-SOMEBODY</AWSAccessKeyId><StringToSign>SIGNED s3cr/et</StringToSign>
<CanonicalRequest>SIGNED</CanonicalRequest><HostId>hidden.example</HostId><Resource>/internal/secret</Resource></Error>`;

describe.each([
  [403, 'SignatureDoesNotMatch'],
  [403, 'AccessDenied'],
  [404, 'NoSuchKey'],
  [400, 's3cr/et-SIGNED'],
  [409, 'OperationAborted'],
  [500, 's3cr/et'],
  [200, 'InternalError'],
] as const)('an error with status %s and code %s', (status, code) => {
  test('is told in our own words', async () => {
    const server = await recordingServer((_, response) => {
      response.writeHead(status, { 'content-type': 'application/xml' }).end(BODY.replace('CODE', code));
    });
    const s3 = openS3(connectionOf({ ...lab.twin, url: server.url }));
    for (const attempt of [
      ...EACH,
      ...Object.values(WITH_KEY).map((one) => () => one(s3, 'kept', 'reports/a')),
    ]) {
      const shown = await attempt(s3).then(JSON.stringify, String);
      expect(shown).not.toMatch(LEAK);
    }
    await server.close();
  });
});

test('neither secret nor session token is in what a failed call tells, or leaves on the wire in clear', async () => {
  const server = await recordingServer((_, response) => response.destroy());
  const { credentials } = connectionOf(lab.twin);
  const s3 = openS3(
    connectionOf(
      { ...lab.twin, url: server.url },
      { credentials: { ...credentials, secret_access_key: new Secret('secret_access_key', 's3cr/et') } },
    ),
  );
  for (const attempt of EACH) expect(await attempt(s3).then(JSON.stringify, String)).not.toMatch(LEAK);
  expect(JSON.stringify(server.received)).not.toContain('s3cr/et');
  expect(server.received.length).toBeGreaterThan(0);
  await server.close();
});

test('a secret that no header can carry is never in an error', async () => {
  const { credentials } = connectionOf(lab.twin);
  const session_token = new Secret('session_token', 's3cr/et\r\nx-amz-acl: public-read');
  const s3 = openS3(connectionOf(lab.twin, { credentials: { ...credentials, session_token } }));
  for (const attempt of EACH) {
    const shown = await attempt(s3).then(JSON.stringify, String);
    expect(shown).toContain('secret_unavailable');
    expect(shown).not.toMatch(LEAK);
  }
  expect(lab.twin.requests).toEqual([]);
});
