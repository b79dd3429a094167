import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSharedTopology } from '../../src/versions/shared-topology.ts';
import { ENGINES, type Engine } from '../store/engines.ts';

const KEY = randomBytes(32);

describe.each(ENGINES)('the topology that replicas share, on %s', (_name, openEngine) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await openEngine();
  });
  afterEach(() => engine.close());
  const replica = async (at: string) =>
    openSharedTopology((await engine.open()).documents('topologies'), { at, key: KEY });

  test('an edit of one replica is the latest for every other', async () => {
    const [a, b] = [await replica('a'), await replica('b')];
    expect(await b.latest()).toBeUndefined();
    const first = await a.apply('stack: one', 0);
    expect(first).toMatchObject({ number: 1, text: 'stack: one', by: 'a' });
    expect(await b.latest()).toEqual(first);
    expect([await b.isLatest(1), await b.isLatest(0)]).toEqual([true, false]);
    expect(await b.apply('stack: two', 1)).toMatchObject({ number: 2, by: 'b' });
    expect(await a.isLatest(1)).toBe(false);
    expect((await a.latest())?.text).toBe('stack: two');
  });

  test('of sixteen that edit at once one is taken, and the others learn that they were late', async () => {
    const replicas = await Promise.all(Array.from({ length: 16 }, (_one, index) => replica(`r${index}`)));
    await replicas[0]?.apply('stack: start', 0);
    const taken = await Promise.all(replicas.map((one, index) => one.apply(`stack: s${index}`, 1)));
    expect(taken.filter((edit) => edit !== undefined)).toHaveLength(1);
    expect(await replicas[7]?.latest()).toEqual(taken.find((edit) => edit !== undefined));
  });

  test('what was in force once is known again', async () => {
    const one = await replica('a');
    const first = await one.apply('stack: one', 0);
    await one.apply('stack: two', 1);
    expect(await one.wasInForce(first?.hash ?? '')).toBe(true);
    expect(await one.wasInForce('0'.repeat(64))).toBe(false);
  });

  test('an edit that somebody changed or made up in the store is told, and not taken', async () => {
    const stores = await engine.open();
    const documents = stores.documents('topologies');
    const one = openSharedTopology(documents, { at: 'a', key: KEY });
    await one.apply('stack: one', 0);
    const real = JSON.parse((await documents.read('00000001')) ?? '') as object;
    const text = 'stack: evil';
    const hash = createHash('sha256').update(text).digest('hex');
    for (const [place, forged] of [
      ['00000001', { ...real, text }],
      ['00000001', { ...real, text, hash }],
      ['00000002', { ...real, number: 2 }],
    ] as const) {
      await documents.replace(place, JSON.stringify(forged));
      await expect(one.latest()).rejects.toThrow('of the shared topology is not as it was written');
    }
  });
});
