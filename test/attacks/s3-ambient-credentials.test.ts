import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { EACH } from '../services/s3/attack.ts';
import { connectionOf, labForTests, openS3 } from '../services/s3/fixture.ts';

const lab = labForTests();
let folder: string;
let elsewhere: Awaited<ReturnType<typeof recordingServer>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aws-'));
  elsewhere = await recordingServer((_, response) => response.writeHead(500).end());
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
  await elsewhere.close();
});

/** A profile of which each line would show: in a request, by a failure, or elsewhere. */
const profile = () => `[default]
region = ambient-region
endpoint_url = ${elsewhere.url}
aws_access_key_id = AKIAAMBIENT
aws_secret_access_key = ambient
use_fips_endpoint = true
use_dualstack_endpoint = true
request_checksum_calculation = when_supported
response_checksum_validation = when_supported
max_attempts = 7
defaults_mode = auto
sdk_ua_app_id = ambient
`;

test('nothing of the environment, of ~/.aws or of the instance is taken', async () => {
  for (const name of ['config', 'credentials']) await writeFile(join(folder, name), profile());
  const ambient: Record<string, string> = {
    HOME: folder,
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_PROFILE: 'default',
    AWS_REGION: 'ambient-region',
    AWS_DEFAULT_REGION: 'ambient-region',
    AWS_ACCESS_KEY_ID: 'AKIAAMBIENT',
    AWS_SECRET_ACCESS_KEY: 'ambient',
    AWS_SESSION_TOKEN: 'ambient-token',
    AWS_ENDPOINT_URL: elsewhere.url,
    AWS_ENDPOINT_URL_S3: elsewhere.url,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${elsewhere.url}/credentials`,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: elsewhere.url,
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_REQUEST_CHECKSUM_CALCULATION: 'when_supported',
    AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_supported',
    AWS_MAX_ATTEMPTS: '7',
    AWS_DEFAULTS_MODE: 'auto',
    AWS_SDK_UA_APP_ID: 'ambient',
    AWS_LAMBDA_FUNCTION_NAME: 'ambient',
    _X_AMZN_TRACE_ID: 'Root=ambient',
    HTTP_PROXY: elsewhere.url,
    http_proxy: elsewhere.url,
  };
  for (const [name, value] of Object.entries(ambient)) vi.stubEnv(name, value);
  lab.twin.bucket('shop-plain').put('a', 'ours');
  const s3 = openS3(connectionOf(lab.twin));
  for (const attempt of EACH) await attempt(s3);
  expect(elsewhere.received).toEqual([]);
  expect(lab.twin.requests.length).toBeGreaterThan(EACH.length);
  for (const { headers } of lab.twin.requests) {
    expect(headers.authorization).toContain(`Credential=${lab.twin.account.accessKeyId}/`);
    expect(headers['x-amz-security-token']).toBeUndefined();
    expect(headers['amz-sdk-request']).toMatch(/^attempt=1; max=[12]$/);
    expect(JSON.stringify(headers)).not.toMatch(/ambient|checksum/i);
  }
});
