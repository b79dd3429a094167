import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LeaseLost } from '../../src/store/leases.ts';
import { ENGINES, type Engine } from './engines.ts';

describe.each(ENGINES)('logs on %s', (_name, start) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await start();
  });
  afterEach(() => engine.close());

  test('a log begins once, and its lines come back in their order', async () => {
    const [a, b] = [await engine.open(), await engine.open()];
    expect(await a.runs().open('i-1')).toBeUndefined();
    const begun = await Promise.all([a, b].map((one) => one.runs().begin('i-1', 'first')));
    expect(begun.filter(Boolean)).toHaveLength(1);
    const log = begun.find(Boolean);
    await Promise.all(Array.from({ length: 20 }, (_, n) => log?.append(`line ${n} ü`)));
    const again = await b.runs().open('i-1');
    const lines = (await again?.read(0)) ?? [];
    expect(lines.map(({ number }) => number)).toEqual(Array.from({ length: 21 }, (_, n) => n + 1));
    expect(lines.map(({ text }) => text)).toEqual([
      'first',
      ...Array.from({ length: 20 }, (_, n) => `line ${n} ü`),
    ]);
    expect(await again?.read(19, 1)).toEqual([{ number: 20, text: 'line 18 ü' }]);
    expect(await a.runs().names()).toEqual(['i-1']);
    await log?.close();
  });

  test('a line is added under a lease only while that is held', async () => {
    const [a, b] = [await engine.open(), await engine.open()];
    const first = await a.leases.take('alert', { work: 'i-1', by: 'triage' });
    if (!('lease' in first)) throw new Error('it was not taken');
    const log = await a.runs().begin('i-1', 'begun');
    await log?.append('held', first);
    await first.lease.release();
    const second = await b.leases.take('alert', { work: 'i-1', by: 'triage' });
    await expect(log?.append('late', first)).rejects.toThrow(LeaseLost);
    expect((await log?.read(0))?.map(({ text }) => text)).toEqual(['begun', 'held']);
    if ('lease' in second) await second.lease.release();
    await log?.close();
  });

  test('a feed takes each mark once, and whoever follows hears every line in one order', async () => {
    const a = await engine.open();
    const feed = await a.feed((text) => text);
    const stop = new AbortController();
    const heard: string[] = [];
    const following = (async () => {
      for await (const { number, text } of feed.follow(0, stop.signal)) {
        expect(number).toBe(heard.length + 1);
        heard.push(text);
      }
    })();
    await Promise.all(Array.from({ length: 40 }, (_, n) => feed.add(`m${n % 20}`, `m${n % 20}`)));
    await expect.poll(() => heard.length).toBe(20);
    expect(new Set(heard).size).toBe(20);
    stop.abort();
    await following;
    await feed.close();
    const again = await a.feed((text) => text);
    await again.add('m3', 'm3');
    const later = new AbortController();
    for await (const { number, text } of again.follow(19, later.signal)) {
      expect([number, text]).toEqual([20, heard[19]]);
      break;
    }
    later.abort();
    await again.close();
  });
});

test('the feeds of three replicas are one, without a gap or a line twice', async () => {
  const engine = await (ENGINES[1]?.[1] ?? (() => Promise.reject(new Error('no such engine'))))();
  const feeds = await Promise.all([1, 2, 3].map(async () => (await engine.open()).feed((text) => text)));
  const stop = new AbortController();
  const heard = await Promise.all(
    feeds.map(async (feed, at) => {
      const adding = Promise.all(
        Array.from({ length: 50 }, (_, n) => feed.add(n < 25 ? `same ${n}` : `${at} ${n}`, `${at} ${n}`)),
      );
      const lines: string[] = [];
      for await (const { number, text } of feed.follow(0, stop.signal)) {
        expect(number).toBe(lines.length + 1);
        if (lines.push(text) === 100) break;
      }
      await adding;
      return lines;
    }),
  );
  expect(heard[1]).toEqual(heard[0]);
  expect(heard[2]).toEqual(heard[0]);
  stop.abort();
  await Promise.all(feeds.map((feed) => feed.close()));
  await engine.close();
});
