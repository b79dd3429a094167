import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { openProm, recordingServer } from '../services/prometheus/fixture.ts';

const GIGABYTE = 2 ** 30;
const PIECE = Buffer.alloc(64 * 1024, '["x"],');
const HEAD = '{"status":"success","data":{"resultType":"vector","result":[';

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

/** A gigabyte, piece by piece, counting what is taken out of it. */
function gigabyte() {
  const taken = { bytes: 0 };
  const stream = Readable.from(
    (function* () {
      yield HEAD;
      for (; taken.bytes < GIGABYTE; taken.bytes += PIECE.length) yield PIECE;
    })(),
  );
  return { stream, taken };
}

async function callAt(url: string) {
  const before = process.memoryUsage().arrayBuffers;
  const call = (await openProm({ url })).call('prom_query', { metric: 'up' }, 'shop');
  await expect(call).rejects.toMatchObject({
    code: 'result_too_large',
    detail: expect.stringContaining('16 MiB'),
  });
  return process.memoryUsage().arrayBuffers - before;
}

test('an answer of a gigabyte is given up after a few megabytes', async () => {
  const { stream, taken } = gigabyte();
  const server = await recordingServer((_, response) => {
    response.on('close', () => stream.destroy());
    stream.pipe(response);
  });
  close = server.close;
  expect(await callAt(server.url)).toBeLessThan(128 * 2 ** 20);
  expect(taken.bytes).toBeLessThan(128 * 2 ** 20);
});

test('a gigabyte that is packed into a megabyte is given up just as early', async () => {
  const { stream } = gigabyte();
  const server = await recordingServer((_, response) => {
    response.setHeader('content-encoding', 'gzip');
    response.on('close', () => stream.destroy());
    stream.pipe(createGzip()).pipe(response);
  });
  close = server.close;
  expect(await callAt(server.url)).toBeLessThan(128 * 2 ** 20);
});

test('an error page of a gigabyte is given up too', async () => {
  const { stream, taken } = gigabyte();
  const server = await recordingServer((_, response) => {
    response.statusCode = 500;
    response.on('close', () => stream.destroy());
    stream.pipe(response);
  });
  close = server.close;
  await callAt(server.url);
  expect(taken.bytes).toBeLessThan(128 * 2 ** 20);
});

test('many series within the bound are cut to the row limit', async () => {
  const result = Array.from({ length: 20_000 }, (_, index) => ({
    metric: { i: `${index}` },
    value: [1, '1'],
  }));
  const server = await recordingServer((_, response) =>
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } })),
  );
  close = server.close;
  const answer = await (await openProm({ url: server.url })).call('prom_query', { metric: 'up' }, 'shop');
  expect(answer).toMatchObject({ truncated: true });
  expect(answer.result).toHaveLength(500);
});

test('a range answer with more points than were asked for is cut', async () => {
  const values = Array.from({ length: 50_000 }, (_, index) => [index, '1']);
  const server = await recordingServer((_, response) =>
    response.end(
      JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } }),
    ),
  );
  close = server.close;
  const range = { metric: 'up', start: '-1h' };
  const answer = await (await openProm({ url: server.url })).call('prom_query_range', range, 'shop');
  expect(answer).toMatchObject({ truncated: true });
  expect((answer.series as { values: unknown[] }[])[0]?.values).toHaveLength(8192);
});
