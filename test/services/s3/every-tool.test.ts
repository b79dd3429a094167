import { afterAll, beforeAll, expect, test } from 'vitest';
import { s3 } from '../../../src/services/s3/service.ts';
import { openStack, type TestStack } from '../../harness/stack.ts';
import { type S3Twin, startS3Twin } from '../../twins/s3.ts';

let twin: S3Twin;
let stack: TestStack;
let version = '';

beforeAll(async () => {
  twin = await startS3Twin();
  const { accessKeyId, secretAccessKey, region } = twin.account;
  const kept = twin.bucket('shop-kept');
  kept.versioning = 'Enabled';
  version = kept.put('reports/old.txt', 'first', { 'content-type': 'text/plain' }).id;
  kept.put('reports/old.txt', 'second', { 'content-type': 'text/plain' });
  kept.put('reports/2026/a.bin', Buffer.from([255, 254]));
  kept.policy = '{"Statement": []}';
  stack = await openStack({
    topology: `stack: shop
components:
  app: {type: application}
  store:
    type: s3
    url: ${twin.url}
    region: ${region}
    credentials: {access_key_id: {env: S3_ID}, secret_access_key: {env: S3_SECRET}}
    buckets: {kept: {bucket: shop-kept, prefixes: [reports/]}}
links:
  - {from: app, to: store, type: operates}
`,
    env: { S3_ID: accessKeyId, S3_SECRET: secretAccessKey, MCP_STORE_WRITE_ACCESS: 'true' },
    operatorApproval: true,
  });
});
afterAll(async () => {
  await stack.close();
  await twin.close();
});

const OLD = { key: 'reports/old.txt' };
const CALLS: Record<string, () => Record<string, unknown>> = {
  s3_list: () => ({}),
  s3_head: () => OLD,
  s3_get: () => ({ ...OLD, version_id: version }),
  s3_versions: () => OLD,
  s3_bucket: () => ({}),
  s3_put: () => ({ key: 'reports/new.txt', text: 'new', content_type: 'text/plain' }),
  s3_delete: () => OLD,
  s3_put_irreversible: () => ({ key: 'reports/new.txt', base64: 'AAEC' }),
  s3_purge: () => ({ ...OLD, version_id: version }),
};

test('every tool of the service is called below', () => {
  expect(Object.keys(CALLS).sort()).toEqual(s3.tools.map(({ name }) => name).sort());
});

test.each(Object.entries(CALLS))('%s answers in the shape that it advertises', async (name, args) => {
  const result = await callApproved(name, args());
  expect(result.isError, JSON.stringify(result.content)).toBe(false);
  const tool = s3.tools.find((one) => one.name === name);
  expect(tool?.output.safeParse(result.structuredContent).error?.issues).toBeUndefined();
  expect(twin.violations).toEqual([]);
});

/** Calls a tool, with an operator's approval where the gate asks for one. */
async function callApproved(name: string, args: Record<string, unknown>) {
  const first = await stack.call(name, args);
  if (!first.isError) return first;
  const { approvals } = stack.stackward;
  const waiting = (await approvals.list()).find(({ state }) => state === 'waiting');
  if (!waiting) return first;
  await approvals.decide(waiting.id, { decision: 'approved', by: 'an operator', reason: 'a test' });
  return stack.call(name, args);
}
