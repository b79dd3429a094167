import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LeaseLost } from '../../src/store/leases.ts';
import { COLLECTIONS, type Stores } from '../../src/store/stores.ts';
import { ENGINES, type Engine } from './engines.ts';

describe.each(ENGINES)('documents on %s', (_name, start) => {
  let engine: Engine;
  let [a, b]: Stores[] = [];
  beforeEach(async () => {
    engine = await start();
    [a, b] = [await engine.open(), await engine.open()];
  });
  afterEach(() => engine.close());
  const of = (stores: Stores | undefined, collection: (typeof COLLECTIONS)[number] = 'versions') => {
    if (!stores) throw new Error('the stores are not open');
    return stores.documents(collection);
  };

  test('of many that create one key one succeeds, and what is there stays', async () => {
    const tries = Array.from({ length: 20 }, (_, n) => of(n % 2 ? a : b).create('1', `by ${n}`));
    const made = await Promise.all(tries);
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await of(b).read('1')).toBe(`by ${made.indexOf(true)}`);
  });

  test('what one stored the other reads, whole', async () => {
    const text = `${'ü€\u0001\n"'.repeat(50_000)}`;
    await of(a).replace('big', text);
    expect(await of(b).read('big')).toBe(text);
    await of(b).replace('big', '');
    expect(await of(a).read('big')).toBe('');
    await of(a).remove('big');
    await of(a).remove('big');
    expect([await of(b).read('big'), await of(b).has('big')]).toEqual([undefined, false]);
  });

  test('a reader finds the old text or the new, never a part', async () => {
    const texts = ['x'.repeat(200_000), 'y'.repeat(200_000)];
    await of(a).replace('k', texts[0] ?? '');
    const writing = (async () => {
      for (let n = 0; n < 20; n++) await of(a).replace('k', texts[n % 2] ?? '');
    })();
    for (let n = 0; n < 40; n++) expect(texts).toContain(await of(b).read('k'));
    await writing;
  });

  test('keys come in the order of their characters; the last is the greatest', async () => {
    expect([await of(a).keys(), await of(a).all()]).toEqual([[], []]);
    expect([await of(a).first(), await of(a).last()]).toEqual([undefined, undefined]);
    for (const key of ['00000010', '00000009', '00000009.end', '00000009.after', '00000009_'])
      await of(a).create(key, key);
    const sorted = ['00000009', '00000009.after', '00000009.end', '00000009_', '00000010'];
    expect(await of(b).keys()).toEqual(sorted);
    expect([await of(b).first(), await of(b).last()]).toEqual(['00000009', '00000010']);
    expect(await of(b).keys({ from: '00000009.end' })).toEqual(['00000009.end', '00000009_', '00000010']);
    expect(await of(b).keys({ from: '00000009.', before: '00000009.end' })).toEqual(['00000009.after']);
    expect(await of(b).keys({ before: '00000009' })).toEqual([]);
    expect(await of(b).all()).toEqual(sorted.map((key) => ({ key, text: key })));
    expect(await of(b).readMany(['00000010', 'none', '00000009'])).toEqual(
      new Map([
        ['00000010', '00000010'],
        ['00000009', '00000009'],
      ]),
    );
  });

  test.each(['versions', 'objects'] as const)(
    'what is stale in %s goes, and nothing that was touched',
    async (where) => {
      const HOUR = 3_600_000;
      const [old, touched, replaced, fresh] = ['a', 'b', 'c', 'd'].map((one) => one.repeat(64));
      if (!old || !touched || !replaced || !fresh) throw new Error('there are four');
      for (const key of [old, touched, replaced, fresh]) await of(a, where).create(key, key);
      for (const key of [old, touched, replaced]) await engine.age(key);
      expect(await of(b, where).stale(HOUR)).toEqual([old, touched, replaced]);
      expect(await of(b, where).touch(touched)).toBe(true);
      await of(b, where).replace(replaced, 'anew');
      expect(await of(a, where).stale(HOUR)).toEqual([old]);
      const removed = [];
      for (const key of [old, touched, replaced, fresh])
        removed.push(await of(a, where).removeStale(key, HOUR));
      expect(removed).toEqual([true, false, false, false]);
      expect(await of(b, where).keys()).toEqual([touched, replaced, fresh]);
      expect([await of(b, where).touch(old), await of(b, where).removeStale(old, HOUR)]).toEqual([
        false,
        false,
      ]);
      expect(await of(b, where).read(touched)).toBe(touched);
    },
  );

  test('what is removed and stored again at once by many is there, or was found stale after the last', async () => {
    const key = 'e'.repeat(64);
    await of(a, 'objects').create(key, key);
    for (let round = 0; round < 20; round++) {
      await engine.age(key);
      const put = async () => {
        while (!(await of(a, 'objects').create(key, key)) && !(await of(a, 'objects').touch(key)));
      };
      await Promise.all([put(), of(b, 'objects').removeStale(key, 3_600_000), put()]);
      expect(await of(b, 'objects').read(key)).toBe(key);
    }
  });

  test('collections do not see one another', async () => {
    const key = createHash('sha256').update('x').digest('hex');
    for (const one of COLLECTIONS) expect(await of(a, one).create(key, one)).toBe(true);
    for (const one of COLLECTIONS) expect(await of(b, one).read(key)).toBe(one);
  });

  test.each(['', '..', '../keys/mask', 'a/b', '.hidden', 'A', 'a\u0000', 'x'.repeat(129)])(
    'the key %j is refused',
    async (key) => {
      for (const work of [
        async () => of(a).create(key, ''),
        async () => of(a).replace(key, ''),
        async () => of(a).read(key),
        async () => of(a).has(key),
        async () => of(a).remove(key),
      ])
        await expect(work()).rejects.toThrow(TypeError);
    },
  );

  test('a text is replaced under a lease only while that is held', async () => {
    const taken = await a?.leases.take('rollback', { work: 'to version 1', by: 'ann' });
    if (!taken || !('lease' in taken)) throw new Error('it was not taken');
    const { lease } = taken;
    await of(a, 'rollbacks').replace('r1', 'one', { lease });
    await lease.release();
    const after = await b?.leases.take('rollback', { work: 'to version 2', by: 'bob' });
    if (!after || !('lease' in after)) throw new Error('it was not taken again');
    expect(after.lease.fence).toBeGreaterThan(lease.fence);
    await expect(of(a, 'rollbacks').replace('r1', 'late', { lease })).rejects.toThrow(LeaseLost);
    await expect(of(a, 'rollbacks').replace('r2', 'late', { lease })).rejects.toThrow(LeaseLost);
    await of(b, 'rollbacks').replace('r1', 'two', after);
    expect(await of(a, 'rollbacks').all()).toEqual([{ key: 'r1', text: 'two' }]);
    await after.lease.release();
  });
});
