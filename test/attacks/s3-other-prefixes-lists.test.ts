import { expect, test } from 'vitest';
import { list } from '../../src/services/s3/tools/list.ts';
import { versions } from '../../src/services/s3/tools/versions.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { connectionOf, labForTests, openS3 } from '../services/s3/fixture.ts';

const lab = labForTests();
const OF_OTHERS = /ledger|reports-old|REPORTS|other/;

const contents = (key: string) =>
  `<Contents><Key>${key}</Key><Size>1</Size><ETag>"e"</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>`;
const version = (key: string, id: string) =>
  `<Version><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>true</IsLatest><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag><Size>1</Size></Version>`;

/** Answers as a server does that pays no heed to the prefix. */
async function careless(body: string) {
  const server = await recordingServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/xml' }).end(body);
  });
  return { s3: openS3(connectionOf({ ...lab.twin, url: server.url })), close: server.close };
}

test('a list shows nothing beyond its prefix, whatever the server answers', async () => {
  const { s3, close } = await careless(
    `<ListBucketResult><IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>${[
      contents('reports/a'),
      contents('ledger/a'),
      contents('reports-old/a'),
      contents('REPORTS/a'),
      contents('%2Fother'),
    ].join(
      '',
    )}<CommonPrefixes><Prefix>reports/2026/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>ledger/</Prefix></CommonPrefixes></ListBucketResult>`,
  );
  const page = await s3.read(list, 'narrow', { prefix: 'reports/' });
  expect(page.objects.map(({ key }) => key)).toEqual(['reports/a']);
  expect(page.folders).toEqual(['reports/2026/']);
  expect(JSON.stringify(page)).not.toMatch(OF_OTHERS);
  await close();
});

test('versions are those of the key alone, whatever the server answers', async () => {
  const { s3, close } = await careless(
    `<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>ledger/a</NextKeyMarker><NextVersionIdMarker>ledger-id</NextVersionIdMarker>${[
      version('reports/a', 'ours'),
      version('reports/ab', 'other-1'),
      version('ledger/a', 'other-2'),
    ].join(
      '',
    )}<DeleteMarker><Key>reports/a/other</Key><VersionId>other-3</VersionId><IsLatest>true</IsLatest></DeleteMarker></ListVersionsResult>`,
  );
  const page = await s3.read(versions, 'narrow', { key: 'reports/a' });
  expect(page.versions.map(({ version_id }) => version_id)).toEqual(['ours']);
  expect(page).toMatchObject({ next: null, truncated: false });
  expect(JSON.stringify(page)).not.toMatch(OF_OTHERS);
  await close();
});

test('a token of a list of others leads nowhere else', async () => {
  for (const key of ['ledger/1', 'ledger/2', 'reports/a', 'reports/b'])
    lab.twin.bucket('shop-plain').put(key, key);
  const theirs = await lab.s3.read(list, 'plain', { prefix: 'ledger/', count: 1 });
  const page = await lab.s3.read(list, 'narrow', { prefix: 'reports/', from: theirs.next ?? '' });
  expect(page.objects.map(({ key }) => key)).toEqual(['reports/a', 'reports/b']);
  expect(lab.twin.requests.at(-1)?.query.get('prefix')).toBe('reports/');
});
