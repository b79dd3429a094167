import { describe, expect, test } from 'vitest';
import { get } from '../../src/services/s3/tools/get.ts';
import { list } from '../../src/services/s3/tools/list.ts';
import { refusalOf, WITH_KEY } from '../services/s3/attack.ts';
import { connectionOf, labForTests, openS3 } from '../services/s3/fixture.ts';

const lab = labForTests();

/** Keys that are not below `reports/` or `tmp-`, however they are looked at. */
const OUTSIDE = [
  'ledger/secret.txt',
  'report',
  'reports',
  'reports-old/a',
  'Reports/a',
  'REPORTS/a',
  'xreports/a',
  'tmp',
  'tmp/a',
  ' reports/a',
  'reports\u2215a',
  'r\u0435ports/a',
  '\ufeffreports/a',
  'reports%2fa',
];

describe.each(Object.entries(WITH_KEY))('%s', (_, attempt) => {
  test.for(OUTSIDE)('does not leave its prefixes with %j', async (key) => {
    lab.twin.bucket('shop-plain').put(key, 'of others');
    const before = lab.twin.bucket('shop-plain').snapshot;
    const refusal = await refusalOf(() => attempt(lab.s3, 'narrow', key));
    expect(['not_linked', 'invalid_arguments', 'schema']).toContain(refusal);
    expect(lab.twin.requests).toEqual([]);
    expect(lab.twin.bucket('shop-plain').snapshot).toEqual(before);
  });
});

test('a prefix in one form of Unicode does not reach keys in the other', async () => {
  const composed = 'caf\u00e9/';
  const decomposed = 'cafe\u0301/';
  const s3 = openS3(connectionOf(lab.twin), { cafe: { bucket: 'shop-plain', prefixes: [composed] } });
  lab.twin.bucket('shop-plain').put(`${composed}a`, 'ours');
  lab.twin.bucket('shop-plain').put(`${decomposed}a`, 'of others');
  expect(await s3.read(get, 'cafe', { key: `${composed}a` })).toMatchObject({ text: 'ours' });
  lab.twin.forget();
  for (const attempt of Object.values(WITH_KEY))
    expect(await refusalOf(() => attempt(s3, 'cafe', `${decomposed}a`))).toBe('not_linked');
  expect(lab.twin.requests).toEqual([]);
});

test.for([undefined, '', 'r', 'reports', 't'])(
  'a list cannot begin before the prefixes: %j',
  async (prefix) => {
    const args = prefix === undefined ? {} : { prefix };
    expect(['not_linked', 'invalid_arguments']).toContain(
      await refusalOf(() => lab.s3.read(list, 'narrow', args)),
    );
    expect(lab.twin.requests).toEqual([]);
  },
);
