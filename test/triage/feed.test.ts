import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFileStores } from '../../src/store/files/stores.ts';
import type { RunEvent } from '../../src/triage/events.ts';
import { type Feed, openFeed } from '../../src/triage/feed.ts';
import { folder } from './lab.ts';

const event = (run: string, seq: number): RunEvent => ({
  run,
  seq,
  at: '2026-03-03T10:00:00.000Z',
  diagnoser: 'rules',
  type: 'blocked',
  what: 'x',
  reasons: [],
});

async function read(feed: Feed, after: number, count: number): Promise<string[]> {
  const stop = new AbortController();
  const found: string[] = [];
  for await (const { id, event: one } of feed.follow(after, stop.signal)) {
    found.push(`${id} ${one.run} ${one.seq}`);
    if (found.length === count) stop.abort();
  }
  return found;
}

test('goes on after a number without a gap or a double, also after a restart with a torn line', async () => {
  const dir = await folder();
  const first = await openFeed(openFileStores(dir));
  await Promise.all([first.add(event('i-a', 1)), first.add(event('i-b', 1)), first.add(event('i-a', 2))]);
  await first.add(event('i-a', 2));
  expect(await read(first, 0, 3)).toEqual(['1 i-a 1', '2 i-b 1', '3 i-a 2']);
  await first.close();
  await appendFile(join(dir, 'triage/feed.jsonl'), '{"run":"i-a","seq":3');
  const second = await openFeed(openFileStores(dir));
  await second.add(event('i-a', 2));
  await second.add(event('i-a', 3));
  expect(await read(second, 2, 2)).toEqual(['3 i-a 2', '4 i-a 3']);
  await second.close();
});

test('gives what comes while somebody listens, and ends when nobody does', async () => {
  const feed = await openFeed(openFileStores(await folder()));
  const reading = read(feed, 0, 2);
  await feed.add(event('i-a', 1));
  await feed.add(event('i-a', 2));
  expect(await reading).toEqual(['1 i-a 1', '2 i-a 2']);
  const stop = new AbortController();
  const silent = feed.follow(2, stop.signal).next();
  stop.abort();
  expect((await silent).done).toBe(true);
  await feed.close();
});
