import { afterEach, expect, test, vi } from 'vitest';
import { readPositions } from '../../../src/audit/ship/positions.ts';
import { StoreError } from '../../../src/store/documents.ts';
import { requestOf, responseOf } from '../calls.ts';
import { editLines, recordCalls } from '../sample.ts';
import { heldLines, linesOf, openTwin, pushedLines, SHIP_ENGINES, ship, soon } from './lab.ts';

const [, openFolder] = SHIP_ENGINES[0] ?? [];
if (!openFolder) throw new Error('there is an engine on files');
afterEach(() => {
  vi.useRealTimers();
});

const HOUR = 3_600_000;

test('a record that Loki does not take is found by halving, skipped, told and counted; all others are there', async () => {
  const [engine, twin] = [await openFolder(), await openTwin()];
  const log = await engine.open();
  await recordCalls(log, 20);
  await log.append(requestOf('long', 'x'.repeat(3_000))).durable;
  await log.append(responseOf('long')).durable;
  await recordCalls(log, 20, 'after');
  twin.behaviour.ingest.maxLineBytes = 2_000;
  const { shipping, reports } = ship(engine, twin.url);
  await soon(() => shipping.status().shipped).toBe(81);
  expect(heldLines(twin)).toEqual((await linesOf(engine.book)).filter((line) => line.length < 2_000));
  expect(shipping.status().skipped).toEqual(new Map([['too_long', 1]]));
  expect(shipping.status().refusedRequests).toBeLessThan(10);
  await soon(() => reports).toEqual([
    'audit chain 0001: record 41 not shipped to Loki (too_long); in the audit as before',
  ]);
  expect((await readPositions(engine.stores().documents('stack'))).get('0001')?.seq).toBe(82);
});

test('records that are too old are skipped at once, by the age that Loki names', async () => {
  const [engine, twin] = [await openFolder(), await openTwin()];
  const log = await engine.open();
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() - 200 * HOUR);
  await recordCalls(log, 30, 'old');
  vi.setSystemTime(Date.now() + 199.9 * HOUR);
  await recordCalls(log, 5, 'new');
  vi.useRealTimers();
  const { shipping, reports } = ship(engine, twin.url);
  await soon(() => shipping.status().shipped).toBe(10);
  expect(twin.requests).toHaveLength(2);
  expect(shipping.status().skipped).toEqual(new Map([['too_old', 60]]));
  await soon(() => reports).toEqual([
    'audit chain 0001: 60 records, the first of them record 1, not shipped to Loki (too_old); in the audit as before',
  ]);
});

test('where Loki takes none and does not say that it is about a record, nothing is given up', async () => {
  const [engine, twin] = [await openFolder(), await openTwin()];
  const log = await engine.open();
  await recordCalls(log, 20);
  twin.behaviour.instead = (response) => response.writeHead(400).end('missing required labels team');
  const { shipping, reports } = ship(engine, twin.url);
  // The first try asks about every record, those after it about a few.
  await soon(() => twin.requests.length).toBeGreaterThan(2 * 40 - 1 + 2 * 16 - 1);
  expect(shipping.status().skipped).toEqual(new Map());
  expect(reports).toEqual([
    'the audit is not shipped at the moment; records wait in it, and calls go on: Loki: it takes none of 40 records (400), so it may be about the settings',
  ]);
  twin.behaviour.instead = undefined;
  const all = await linesOf(engine.book);
  await soon(() => heldLines(twin)).toEqual(all);
});

test('one that is refused in unknown words is given up where others are taken', async () => {
  const [engine, twin] = [await openFolder(), await openTwin()];
  const log = await engine.open();
  await recordCalls(log, 3);
  twin.behaviour.instead = (response) => {
    const poison = twin.requests.at(-1)?.json?.includes('call-2');
    response.writeHead(poison ? 400 : 204).end(poison ? 'a policy of ours' : undefined);
  };
  const { shipping } = ship(engine, twin.url);
  await soon(() => shipping.status().shipped).toBe(4);
  expect(shipping.status().skipped).toEqual(new Map([['other', 2]]));
});

test('a request that is too large is made smaller', async () => {
  const [engine, twin] = [await openFolder(), await openTwin()];
  const log = await engine.open();
  await recordCalls(log, 50);
  twin.behaviour.ingest.maxBodyBytes = 8_000;
  const { shipping } = ship(engine, twin.url);
  await soon(() => shipping.status().shipped).toBe(100);
  expect(heldLines(twin)).toEqual(await linesOf(engine.book));
  expect(shipping.status().skipped).toEqual(new Map());
});

test.for([200, 260, 302, 401, 429, 500])('status %s is no yes: the records wait', async (status) => {
  const [engine, twin] = [await openFolder(), await openTwin()];
  const log = await engine.open();
  await recordCalls(log, 2);
  twin.behaviour.instead = (response) => response.writeHead(status, { location: '/elsewhere' }).end();
  const { shipping } = ship(engine, twin.url);
  await soon(() => twin.requests.length).toBeGreaterThan(1);
  expect(shipping.status()).toMatchObject({ shipped: 0, skipped: new Map() });
  expect(twin.requests.every(({ path }) => path === '/loki/api/v1/push')).toBe(true);
  twin.behaviour.instead = undefined;
  const all = await linesOf(engine.book);
  await soon(() => heldLines(twin)).toEqual(all);
});

test('a batch has at most 500 records, a mebibyte, and half an hour', async () => {
  const [engine, twin] = [await openFolder(), await openTwin()];
  const log = await engine.open();
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() - 10 * HOUR);
  for (let index = 0; index < 600; index += 1) log.append(requestOf(`call-${index}`));
  await log.append(requestOf('end of many')).durable;
  for (let hour = 1; hour <= 3; hour += 1) {
    vi.setSystemTime(Date.now() + HOUR);
    await log.append(requestOf(`hour-${hour}`)).durable;
  }
  for (let index = 0; index < 30; index += 1) log.append(requestOf(`big-${index}`, '"'.repeat(60_000)));
  await log.append(requestOf('end of big')).durable;
  vi.useRealTimers();
  const { shipping } = ship(engine, twin.url);
  await soon(() => shipping.status().shipped).toBe(635);
  const sizes = twin.requests.map(({ json = '' }) => json.length);
  expect(Math.max(...sizes)).toBeLessThan(2 ** 20 + 200);
  const counts = twin.requests.map(
    ({ json = '' }) =>
      (JSON.parse(json) as { streams: { values: unknown[] }[] }).streams.flatMap(({ values }) => values)
        .length,
  );
  expect(counts.slice(0, 4)).toEqual([500, 101, 1, 1]);
  expect(Math.max(...counts.slice(4))).toBeLessThan(10);
  expect(pushedLines(twin)).toEqual(await linesOf(engine.book));
});

test('a line between records that is none is told and passed over, a torn tail is not', async () => {
  const [engine, twin] = [await openFolder(), await openTwin()];
  const log = await engine.open();
  await recordCalls(log, 3);
  await log.close();
  const dir = `${engine.place[1]}/audit`;
  editLines(dir, (lines) => lines.map((line, at) => (at === 2 ? line.slice(9) : line)));
  editLines(dir, (lines) => [...lines, '{"seq":8,"time']);
  const { shipping, reports } = ship(engine, twin.url);
  await soon(() => shipping.status().shipped).toBe(6);
  await soon(() => reports).toEqual([
    'audit chain 0001: record 3 not shipped to Loki (damaged); in the audit as before',
  ]);
});

test('an audit that cannot be read is told once, and what may have come meanwhile counts as waiting', async () => {
  const [engine, twin] = [await openFolder(), await openTwin()];
  const log = await engine.open();
  await recordCalls(log, 1);
  let isAway = false;
  const chains = async () => {
    if (isAway) throw new StoreError('the database did not do it (57P03)');
    return engine.book.chains();
  };
  const { shipping, reports } = ship({ ...engine, book: { ...engine.book, chains } }, twin.url);
  await soon(() => shipping.status()).toMatchObject({ shipped: 2, behindMs: 0 });
  isAway = true;
  await soon(() => shipping.status().behindMs).toBeGreaterThan(0);
  isAway = false;
  await soon(() => shipping.status().behindMs).toBe(0);
  expect(reports).toEqual([
    'the audit is not shipped at the moment; records wait in it, and calls go on: the database did not do it (57P03)',
    'the audit is shipped to Loki again',
  ]);
});

test('a chain that was shipped and is gone is told once', async () => {
  const [engine, twin] = [await openFolder(), await openTwin()];
  const gone = { chains: { '0007': { seq: 12, hash: 'cd'.repeat(32) } } };
  await engine.stores().documents('stack').create('audit-shipped', JSON.stringify(gone));
  const log = await engine.open();
  await recordCalls(log, 1);
  const { shipping, reports } = ship(engine, twin.url);
  await soon(() => shipping.status().shipped).toBe(2);
  await recordCalls(log, 1, 'next');
  await soon(() => shipping.status().shipped).toBe(4);
  expect(reports).toEqual(['audit chain 0007 was shipped up to record 12, and is gone']);
});

test('a position that is damaged ships nothing, since what is shipped cannot be told', async () => {
  const [engine, twin] = [await openFolder(), await openTwin()];
  const log = await engine.open();
  await recordCalls(log, 1);
  await engine.stores().documents('stack').create('audit-shipped', '{"chains":{"0001":{"seq":-1}}}');
  const { reports } = ship(engine, twin.url);
  await soon(() => reports.length).toBe(1);
  expect(reports[0]).toMatch(/the document 'audit-shipped' of the store is damaged/);
  expect(twin.requests).toEqual([]);
});
