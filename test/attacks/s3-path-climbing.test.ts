import { describe, expect, test } from 'vitest';
import { get } from '../../src/services/s3/tools/get.ts';
import { putIrreversible } from '../../src/services/s3/tools/put-irreversible.ts';
import { linesIn, refusalOf, WITH_KEY } from '../services/s3/attack.ts';
import { connectionOf, labForTests, openS3, tapForTests } from '../services/s3/fixture.ts';

const lab = labForTests();
const tap = tapForTests(lab);
const tapped = () => openS3(connectionOf({ ...lab.twin, url: tap.url }));

/** All of them begin with `reports/`, and name something else to whoever cleans a path. */
const CLIMBING = [
  'reports/../ledger/a',
  'reports/./../ledger/a',
  'reports/..',
  'reports/.',
  'reports//a',
  'reports///../../other-bucket/a',
  'reports/a/../../ledger',
  'reports/..\\ledger',
  'reports\\..\\ledger/a',
  'reports/..%2fledger/a',
  'reports/%2e%2e/ledger/a',
  'reports/%2E%2E%2Fledger/a',
  'reports/%252e%252e%252fledger/a',
  'reports/%25252e%25252e/ledger/a',
  'reports/..%5cledger/a',
  'reports/.%2e/ledger/a',
  'reports/\u0000/../ledger',
  'reports/a\r\nx-amz-acl: public-read',
  'reports/a\n',
];

describe.each(Object.entries(WITH_KEY))('%s', (_, attempt) => {
  test.for(CLIMBING)('sends nothing for %j', async (key) => {
    for (const sub of ['narrow', 'plain'])
      expect(['invalid_arguments', 'schema', 'not_linked']).toContain(
        await refusalOf(() => attempt(tapped(), sub, key)),
      );
    expect(tap.sent()).toHaveLength(0);
  });
});

/** Keys that are odd and honest, and the one path that means each. */
const HONEST: readonly (readonly [string, string])[] = [
  ['reports/a', '/shop-plain/reports/a'],
  ['reports/a b+c', '/shop-plain/reports/a%20b%2Bc'],
  ['reports/a?acl&b=c#d', '/shop-plain/reports/a%3Facl%26b%3Dc%23d'],
  ['reports/100%', '/shop-plain/reports/100%25'],
  ['reports/%61', '/shop-plain/reports/%2561'],
  ['reports/...', '/shop-plain/reports/...'],
  ['reports/.well-known', '/shop-plain/reports/.well-known'],
  ["reports/!'()*~", '/shop-plain/reports/%21%27%28%29%2A~'],
  ['reports/é', '/shop-plain/reports/%C3%A9'],
  ['reports/folder/', '/shop-plain/reports/folder/'],
  ['reports/http://x', 'nothing'],
  ['reports/x:y@z', '/shop-plain/reports/x%3Ay%40z'],
];

test.for(HONEST)('%j goes out as just this path', async ([key, path]) => {
  const s3 = tapped();
  const write = await refusalOf(() => s3.write(putIrreversible, 'narrow', { key, text: `${key}\r\n` }));
  const read = await refusalOf(() => s3.read(get, 'narrow', { key }));
  if (path === 'nothing') {
    expect([write, read]).toEqual(['schema', 'schema']);
    expect(tap.sent()).toHaveLength(0);
    return;
  }
  expect(linesIn(tap.sent())).toEqual([`PUT ${path}?x-id=PutObject`, `GET ${path}?x-id=GetObject`]);
  expect(`${lab.twin.bucket('shop-plain').version(key).body}`).toBe(`${key}\r\n`);
});
