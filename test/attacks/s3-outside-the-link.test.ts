import { afterAll, beforeAll, expect, test } from 'vitest';
import { s3 } from '../../src/services/s3/service.ts';
import { openStack, type TestStack } from '../harness/stack.ts';
import { type S3Twin, startS3Twin } from '../twins/s3.ts';

let twin: S3Twin;
let stack: TestStack;
beforeAll(async () => {
  twin = await startS3Twin();
  twin.bucket('shop-plain').put('reports/a', 'ours');
  twin.bucket('shop-plain').put('ledger/a', 'of others');
  twin.bucket('shop-plain').put('drafts/a', 'of others');
  stack = await openStack({
    topology: `stack: shop
components:
  app: {type: application}
  triage: {type: agent}
  reader: {type: agent}
  store:
    type: s3
    url: ${twin.url}
    region: ${twin.account.region}
    credentials: {access_key_id: {env: S3_ID}, secret_access_key: {env: S3_SECRET}}
    buckets:
      own: {bucket: shop-plain, prefixes: [reports/, ledger/]}
      other: {bucket: shop-kept}
links:
  - {from: app, to: store, type: stores_in}
  - {from: triage, to: store, type: operates, buckets: {own: {prefixes: [reports/]}}}
  - {from: reader, to: store, type: reads, buckets: {own: {prefixes: [reports/]}}}
`,
    env: {
      S3_ID: twin.account.accessKeyId,
      S3_SECRET: twin.account.secretAccessKey,
      MCP_STORE_WRITE_ACCESS: 'true',
    },
  });
});
afterAll(async () => {
  await stack.close();
  await twin.close();
});

test('an agent reaches the prefixes of its own link and no others', async () => {
  const call = (tool: string, args: Record<string, unknown>) => stack.call(tool, args, { as: 'triage' });
  expect((await call('s3_get', { key: 'reports/a' })).isError).toBe(false);
  const reached = twin.requests.length;
  for (const key of ['ledger/a', 'drafts/a'])
    for (const tool of ['s3_get', 's3_head', 's3_versions', 's3_delete', 's3_purge'])
      expect((await call(tool, { key })).isError, `${tool} ${key}`).toBe(true);
  for (const tool of ['s3_put', 's3_put_irreversible'])
    expect((await call(tool, { key: 'ledger/a', text: 'attack' })).isError).toBe(true);
  expect((await call('s3_list', { prefix: 'ledger/' })).isError).toBe(true);
  expect((await call('s3_get', { target: 'store/other', key: 'a' })).isError).toBe(true);
  expect((await call('s3_get', { target: 'store', key: 'reports/a' })).isError).toBe(true);
  expect(twin.requests).toHaveLength(reached);
});

test('an agent whose link only reads has no writing tool, listed or called', async () => {
  const writes = s3.tools.filter(({ access }) => access === 'write').map(({ name }) => name);
  expect(stack.tools('reader').filter((name) => writes.includes(name))).toEqual([]);
  const before = twin.writes().length;
  for (const name of writes) {
    const result = await stack.call(name, { key: 'reports/a', text: 'attack' }, { as: 'reader' });
    expect(result.isError).toBe(true);
  }
  expect(twin.writes()).toHaveLength(before);
});

test('what cannot be taken back waits for a human', async () => {
  const before = twin.writes().length;
  for (const [tool, args] of [
    ['s3_purge', { key: 'reports/a' }],
    ['s3_put_irreversible', { key: 'reports/a', text: 'attack' }],
  ] as const) {
    const result = await stack.call(tool, args, { as: 'triage' });
    expect(JSON.stringify(result.content)).toContain('approval_required');
  }
  expect(twin.writes()).toHaveLength(before);
  expect(twin.violations).toEqual([]);
});
