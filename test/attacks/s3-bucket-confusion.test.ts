import dns from 'node:dns';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { BucketEntry } from '../../src/services/s3/connection.ts';
import { get } from '../../src/services/s3/tools/get.ts';
import { openStack } from '../harness/stack.ts';
import { refusalOf } from '../services/s3/attack.ts';
import { connectionOf, labForTests, openS3 } from '../services/s3/fixture.ts';
import { startS3Twin } from '../twins/s3.ts';

const lab = labForTests();
afterEach(() => {
  vi.restoreAllMocks();
});

/** Names that lead the driver to another bucket, another host or another way to sign. */
const NO_BUCKETS = [
  'arn:aws:s3:::shop-plain',
  'arn:aws:s3:us-east-1:123456789012:accesspoint/other',
  'arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/other',
  'arn:aws:s3::123456789012:accesspoint/other.mrap',
  'other-0123456789abcdefghijklmnopqrs-s3alias',
  'other--ol-s3',
  'other.mrap',
  'other--use1-az4--x-s3',
  'http://elsewhere.example/',
  'shop-plain/reports',
  'shop-plain@elsewhere',
  'shop-plain?acl',
  '..',
  '127.0.0.1',
  'shop-plain.',
  'SHOP-PLAIN',
];

describe.each(NO_BUCKETS)('the bucket name %j', (bucket) => {
  test('is an error of the topology, also as the key of an entry', async () => {
    const name = JSON.stringify(bucket);
    for (const entry of [`own: {bucket: ${name}}`, `${name}: {}`]) {
      const topology = `stack: shop
components:
  app: {type: application}
  store:
    type: s3
    url: ${lab.twin.url}
    credentials: {access_key_id: {env: A}, secret_access_key: {env: B}}
    buckets: {${entry}}
links: [{from: app, to: store, type: operates}]
`;
      await expect(openStack({ topology, env: { A: 'a', B: 'b' } })).rejects.toThrow(/bucket/);
    }
  });

  test('opens no client, also as the key of an entry', async () => {
    const entries: readonly Record<string, BucketEntry>[] = [{ own: { bucket } }, { [bucket]: {} }];
    for (const entry of entries) {
      const s3 = openS3(connectionOf(lab.twin), entry);
      const [sub = ''] = Object.keys(entry);
      expect(await refusalOf(() => s3.read(get, sub, { key: 'a' }))).toMatch(/target_required|schema/);
    }
    expect(lab.twin.requests).toEqual([]);
  });
});

/** Resolves every name to this machine; gives the names that were asked for. */
function resolveHere(): string[] {
  const asked: string[] = [];
  const answer = { address: '127.0.0.1', family: 4 };
  const lookup = (host: string, options: dns.LookupOptions, done: (...given: unknown[]) => void) => {
    asked.push(host);
    setImmediate(() => (options.all ? done(null, [answer]) : done(null, answer.address, answer.family)));
  };
  vi.spyOn(dns, 'lookup').mockImplementation(lookup as typeof dns.lookup);
  return asked;
}

describe('a bucket before the host name', () => {
  test('is asked for there, and a key that looks like a bucket stays a key', async () => {
    const twin = await startS3Twin(undefined, { domain: 's3.test' });
    const asked = resolveHere();
    twin.bucket('shop-plain').put('shop-other/a', 'ours');
    twin.bucket('shop-other').put('a', 'of others');
    const s3 = openS3(connectionOf(twin, { path_style: false }), { own: { bucket: 'shop-plain' } });
    expect(await s3.read(get, 'own', { key: 'shop-other/a' })).toMatchObject({ text: 'ours' });
    expect(twin.requests.map(({ headers, path }) => [headers.host, path])).toEqual([
      [`shop-plain.s3.test:${twin.port}`, '/shop-other/a'],
    ]);
    expect(new Set(asked)).toEqual(new Set(['shop-plain.s3.test']));
    expect(twin.violations).toEqual([]);
    await twin.close();
  });

  test.for([
    ['eu-central-1', 'shop-own.s3.eu-central-1.amazonaws.com'],
    ['cn-north-1', 'shop-own.s3.cn-north-1.amazonaws.com.cn'],
  ] as const)('is that of AWS where no url is given: %s', async ([region, host]) => {
    const asked = resolveHere();
    const { credentials } = connectionOf(lab.twin);
    const s3 = openS3({ region, credentials }, { own: { bucket: 'shop-own' } });
    expect(await refusalOf(() => s3.read(get, 'own', { key: 'a' }))).toBe('unreachable');
    expect(new Set(asked)).toEqual(new Set([host]));
  });

  test('has no dots and is before no address; then it is in the path', async () => {
    const key = 'a';
    lab.twin.bucket('shop.plain').put(key, 'ours');
    const s3 = openS3(connectionOf(lab.twin, { path_style: false }), { own: { bucket: 'shop.plain' } });
    expect(await s3.read(get, 'own', { key })).toMatchObject({ text: 'ours' });
    expect(lab.twin.requests.map(({ path }) => path)).toEqual(['/shop.plain/a']);
  });
});
