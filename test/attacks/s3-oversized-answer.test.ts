import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { get } from '../../src/services/s3/tools/get.ts';
import { list } from '../../src/services/s3/tools/list.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { EACH } from '../services/s3/attack.ts';
import { connectionOf, labForTests, openS3 } from '../services/s3/fixture.ts';

const lab = labForTests();
let close: (() => Promise<void>) | undefined;
afterEach(() => close?.());

/** More than any bound, and what a socket and its buffers may hold besides. */
const FAR_TOO_MUCH = 64 * 2 ** 20;
const CHUNK = '<Contents><Key>reports/a</Key></Contents>'.repeat(2_000);

/** Streams answers until nobody takes them any more; `sent` counts the bytes of the longest. */
async function endless(head: (response: ServerResponse) => void) {
  const sent = { bytes: 0 };
  const server = await recordingServer((_, response) => {
    head(response);
    let bytes = 0;
    const more = () => {
      while (!response.destroyed && bytes < FAR_TOO_MUCH) {
        bytes += CHUNK.length;
        sent.bytes = Math.max(sent.bytes, bytes);
        if (!response.write(CHUNK)) {
          response.once('drain', more);
          return;
        }
      }
      response.end();
    };
    more();
  });
  close = server.close;
  return { sent, s3: openS3(connectionOf({ ...lab.twin, url: server.url })) };
}

/** All but the look at an object, whose answer has no body. */
const WITH_BODY = EACH.map((attempt, at) => [at, attempt] as const).filter(([at]) => at !== 1);

describe.each([200, 400, 500])('an answer without end, with status %s', (status) => {
  test.each(WITH_BODY)('is given up: %i', async (_, attempt) => {
    const { sent, s3 } = await endless((response) =>
      response.writeHead(status, { etag: '"e"' }).write('<?xml version="1.0"?><ListBucketResult>'),
    );
    await attempt(s3).then(JSON.stringify, String);
    expect(sent.bytes).toBeLessThan(FAR_TOO_MUCH);
  });
});

test('an object that is larger than it says is read no further than was asked', async () => {
  const { sent, s3 } = await endless((response) =>
    response.writeHead(206, { etag: '"e"', 'content-range': `bytes 0-99/100` }),
  );
  const part = await s3.read(get, 'plain', { key: 'a', length: 100 });
  expect(part.text).toHaveLength(100);
  expect(sent.bytes).toBeLessThan(FAR_TOO_MUCH);
});

test.for([
  'bytes 0-199/200',
  'bytes 5-9/200',
  'bytes 0-99/*',
  'bytes 0-99',
  'bytes 9-0/100',
  'items 0-99/100',
])('a range other than the one asked for is no answer: %s', async (range) => {
  const server = await recordingServer((_, response) => {
    response.writeHead(206, { etag: '"e"', 'content-range': range }).end('x'.repeat(200));
  });
  close = server.close;
  const s3 = openS3(connectionOf({ ...lab.twin, url: server.url }));
  await expect(s3.read(get, 'plain', { key: 'a', length: 100 })).rejects.toMatchObject({
    code: 'backend_failed',
  });
});

test('a page with more rows than were asked for is cut, and says so', async () => {
  const row = (i: number) => `<Contents><Key>reports/${i}</Key><Size>1</Size></Contents>`;
  const rows = Array.from({ length: 5_000 }, (_, i) => row(i)).join('');
  const server = await recordingServer((_, response) =>
    response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${rows}</ListBucketResult>`),
  );
  close = server.close;
  const s3 = openS3(connectionOf({ ...lab.twin, url: server.url }));
  const page = await s3.read(list, 'plain', { count: 10 });
  expect(page.objects).toHaveLength(10);
  expect(page.truncated).toBe(true);
});
