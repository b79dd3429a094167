import { afterEach, beforeEach, expect, test } from 'vitest';
import { ENGINES, type Engine } from './engines.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await (ENGINES[1]?.[1] ?? (() => Promise.reject(new Error('no such engine'))))();
});
afterEach(() => engine.close());

test('the limit holds over all replicas, and what was given back can be taken again', async () => {
  const all = await Promise.all([1, 2, 3, 4].map(() => engine.open()));
  const quotas = all.map((one) => one.quota('writes', { limit: 7, windowMs: 60_000 }));
  const tries = await Promise.all(Array.from({ length: 40 }, (_, n) => quotas[n % 4]?.take('p')));
  const taken = tries.flatMap((one) => one ?? []);
  expect(taken).toHaveLength(7);
  expect(await quotas[3]?.used('p')).toBe(7);
  expect(await quotas[0]?.used('q')).toBe(0);
  await Promise.all(taken.slice(0, 2).map((one) => one.giveBack()));
  expect(await quotas[1]?.used('p')).toBe(5);
  const more = await Promise.all(Array.from({ length: 8 }, (_, n) => quotas[n % 4]?.take('p')));
  expect(more.filter(Boolean)).toHaveLength(2);
});

test('what lies before the window counts no more', async () => {
  const quota = (await engine.open()).quota('writes', { limit: 1, windowMs: 30 });
  expect(await quota.take('p')).toBeDefined();
  await expect.poll(() => quota.used('p')).toBe(0);
  expect(await quota.take('p')).toBeDefined();
});

test('a limit of none lets nothing through', async () => {
  const quota = (await engine.open()).quota('writes', { limit: 0, windowMs: 60_000 });
  expect(await quota.take('p')).toBeUndefined();
});
