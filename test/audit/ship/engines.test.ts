import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { hashLine } from '../../../src/audit/line.ts';
import { readPositions } from '../../../src/audit/ship/positions.ts';
import { requestOf, responseOf } from '../calls.ts';
import { recordCalls } from '../sample.ts';
import { heldLines, linesOf, openTwin, pushedLines, SHIP_ENGINES, ship, soon } from './lab.ts';

const CHILD = fileURLToPath(new URL('./ship-child.ts', import.meta.url));

describe.each(SHIP_ENGINES)('shipping the audit of %s', (_name, openEngine) => {
  test('every record of every chain comes to Loki byte for byte, in its order, also of a chain that ended', async () => {
    const [engine, twin] = [await openEngine(), await openTwin()];
    const [one, two] = [await engine.open(), await engine.open()];
    await recordCalls(one, 7, 'one');
    await recordCalls(two, 3, 'two');
    await two.close();
    const { shipping, reports } = ship(engine, twin.url);
    await recordCalls(one, 5, 'later');
    const all = await linesOf(engine.book);
    await soon(() => heldLines(twin).length).toBe(all.length);

    const [first = '', second = ''] = await engine.book.chains();
    expect(heldLines(twin, first)).toEqual(await linesOf(engine.book, first));
    expect(heldLines(twin, second)).toEqual(await linesOf(engine.book, second));
    expect(new Set(twin.streams.map(({ labels }) => JSON.stringify(labels)))).toEqual(
      new Set([
        ...['request', 'response'].map((kind) => labels(first, kind)),
        ...['request', 'response', 'checkpoint'].map((kind) => labels(second, kind)),
      ]),
    );
    const stamps = twin.streams.flatMap(({ labels: { chain }, entries }) =>
      entries.map(({ nanoseconds }) => `${chain} ${nanoseconds}`),
    );
    expect(new Set(stamps).size).toBe(stamps.length);
    await soon(() => shipping.status()).toMatchObject({ isActive: true, shipped: all.length, behindMs: 0 });
    expect(reports).toEqual([]);
  });

  test('a Loki that is away costs nothing but time: told once when it begins and once when it ends', async () => {
    const [engine, twin] = [await openEngine(), await openTwin()];
    const log = await engine.open();
    await recordCalls(log, 2);
    twin.behaviour.instead = (response) => response.writeHead(503).end('no');
    const { shipping, reports } = ship(engine, twin.url);
    await soon(() => twin.requests.length).toBeGreaterThan(2);
    await recordCalls(log, 3, 'meanwhile');
    expect(shipping.status()).toMatchObject({ shipped: 0, skipped: new Map(), refusedRequests: 0 });
    expect(shipping.status().behindMs).toBeGreaterThan(0);
    expect(reports).toEqual([
      'the audit is not shipped at the moment; records wait in it, and calls go on: Loki: it answered with status 503',
    ]);

    twin.behaviour.instead = undefined;
    const all = await linesOf(engine.book);
    await soon(() => heldLines(twin)).toEqual(all);
    await soon(() => shipping.status().behindMs).toBe(0);
    expect(reports.slice(1)).toEqual(['the audit is shipped to Loki again']);
  });

  test('a shipper that is killed after Loki took a batch and before it wrote so leaves no gap', async () => {
    const [engine, twin] = [await openEngine(), await openTwin()];
    const log = await engine.open();
    await recordCalls(log, 4);
    const child = spawn(process.execPath, ['--import', 'tsx', CHILD, twin.url, ...engine.place], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    // Loki has it, and who pushed it never hears so.
    twin.behaviour.taken = () => child.kill('SIGKILL');
    await once(child, 'exit');
    expect(heldLines(twin)).toHaveLength(8);
    expect(await readPositions(engine.stores().documents('stack'))).toEqual(new Map());

    twin.behaviour.taken = undefined;
    await engine.forgetHolder();
    await recordCalls(log, 1, 'after');
    ship(engine, twin.url);
    const all = await linesOf(engine.book);
    await soon(() => heldLines(twin)).toEqual(all);
    expect(pushedLines(twin).length, 'the batch was sent twice').toBe(8 + all.length);
  });

  test('of two shippers one ships, and the other goes on where it ended', async () => {
    const [engine, twin] = [await openEngine(), await openTwin()];
    const log = await engine.open();
    await recordCalls(log, 2);
    const one = ship(engine, twin.url);
    await soon(() => one.shipping.status().shipped).toBe(4);
    const two = ship(engine, twin.url);
    await recordCalls(log, 2, 'second');
    await soon(() => one.shipping.status().shipped).toBe(8);
    expect(two.shipping.status()).toMatchObject({ isActive: false, shipped: 0, behindMs: 0 });

    await one.shipping.close();
    await soon(() => two.shipping.status().isActive).toBe(true);
    await recordCalls(log, 1, 'third');
    await soon(() => two.shipping.status().shipped).toBe(2);
    const all = await linesOf(engine.book);
    expect(pushedLines(twin).sort(), 'nothing was sent twice').toEqual(all.sort());
  });

  test('one that was taken over while it was paused sends nothing more and moves no position', async () => {
    const [engine, twin] = [await openEngine(), await openTwin()];
    const log = await engine.open();
    await recordCalls(log, 2);
    const { leases, documents } = engine.stores();
    let isTaken = false;
    const lost = ship(engine, twin.url, {
      leases: {
        async take(name, holder) {
          const taken = await leases.take(name, holder);
          if (!('lease' in taken) || isTaken) return { heldBy: undefined };
          isTaken = true;
          // As if the pause began right after the lease was taken, and ended long after.
          await taken.lease.release();
          await engine.stores().leases.take(name, holder);
          return taken;
        },
      },
      documents: documents('stack'),
    });
    await soon(() => isTaken).toBe(true);
    await soon(() => lost.shipping.status().isActive).toBe(false);
    expect(twin.requests).toEqual([]);
    expect(await readPositions(documents('stack'))).toEqual(new Map());
  });

  test('what was shipped is known again by its hash: another chain in its place is told and shipped anew', async () => {
    const [engine, twin] = [await openEngine(), await openTwin()];
    const log = await engine.open();
    await recordCalls(log, 2);
    const [chain = ''] = await engine.book.chains();
    await engine
      .stores()
      .documents('stack')
      .create('audit-shipped', JSON.stringify({ chains: { [chain]: { seq: 3, hash: 'ab'.repeat(32) } } }));
    const { reports } = ship(engine, twin.url);
    const all = await linesOf(engine.book, chain);
    await soon(() => heldLines(twin)).toEqual(all);
    expect(reports).toEqual([
      `audit chain ${chain} is not the one that was shipped up to record 3; run stackward audit verify, and compare with what Loki holds; it is shipped from its beginning`,
    ]);
    const last = all.at(-1) ?? '';
    await soon(async () => (await readPositions(engine.stores().documents('stack'))).get(chain)).toEqual({
      seq: 4,
      hash: hashLine(Buffer.from(last)),
    });
  });

  test('at the end what is left is shipped, and what cannot be is left to the next', async () => {
    const [engine, twin] = [await openEngine(), await openTwin()];
    const log = await engine.open();
    const { shipping } = ship(engine, twin.url, { lookMs: 60_000 });
    await soon(() => shipping.status().isActive).toBe(true);
    log.append(requestOf('last'));
    await log.append(responseOf('last')).durable;
    await shipping.close();
    expect(heldLines(twin)).toEqual(await linesOf(engine.book));

    await recordCalls(log, 1, 'more');
    // Loki accepts the connection and never answers.
    twin.behaviour.instead = () => {};
    const next = ship(engine, twin.url, { closeMs: 50 });
    await soon(() => twin.requests.length).toBe(2);
    await next.shipping.close();
    expect(next.reports.at(-1)).toBe(
      'records of the audit are not shipped yet; another process or the next start goes on',
    );
    expect(next.shipping.status().isActive).toBe(false);
  });
});

const labels = (chain: string, kind: string) =>
  JSON.stringify({ job: 'stackward-audit', stack: 'shop', chain, kind });
