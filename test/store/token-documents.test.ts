import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Documents } from '../../src/store/documents.ts';
import { openTokenDocuments } from '../../src/store/token-documents.ts';
import type { StoredToken, TokenStore } from '../../src/store/tokens.ts';
import { ENGINES, type Engine } from './engines.ts';

const KEY = randomBytes(32);
const token = (number: number, more: Partial<StoredToken> = {}): StoredToken => ({
  id: number.toString(16).padStart(8, '0'),
  principal: 'helper',
  hash: number.toString(16).padStart(64, '0'),
  created: '2026-11-25T10:00:00.000Z',
  ...more,
});
const idOf = (number: number) => token(number).id;

describe.each(ENGINES)('tokens that replicas share, on %s', (_name, openEngine) => {
  let engine: Engine;
  let documents: Documents;
  let here: TokenStore;
  let there: TokenStore;
  beforeEach(async () => {
    engine = await openEngine();
    documents = (await engine.open()).documents('tokens');
    here = openTokenDocuments(documents, { key: KEY });
    there = openTokenDocuments((await engine.open()).documents('tokens'), { key: KEY });
  });
  afterEach(() => engine.close());

  test('until there was a token there is no list; after the last one went there is an empty one', async () => {
    expect(await here.list()).toBeUndefined();
    await here.add(token(1));
    expect(await there.list()).toEqual([token(1)]);
    await expect(there.add(token(1, { principal: 'other' }))).rejects.toThrow(/already/);
    expect(await there.remove(idOf(1))).toBe(true);
    expect(await here.remove(idOf(1))).toBe(false);
    expect(await here.list()).toEqual([]);
  });

  test('an end comes forward and never goes back', async () => {
    await here.add(token(1, { expires: '2026-12-01T00:00:00.000Z' }));
    const ends = async (at: string) => {
      expect(await here.shorten(idOf(1), new Date(at))).toBe(true);
      return (await there.list())?.[0]?.expires;
    };
    expect(await ends('2026-12-02T00:00:00Z')).toBe('2026-12-01T00:00:00.000Z');
    expect(await ends('2026-11-28T00:00:00Z')).toBe('2026-11-28T00:00:00.000Z');
    expect(await ends('2026-11-29T00:00:00Z')).toBe('2026-11-28T00:00:00.000Z');
    expect(await here.shorten(idOf(2), new Date())).toBe(false);
  });

  test('the last use is kept, and goes with its token', async () => {
    await here.add(token(1));
    const at = new Date('2026-11-25T12:00:00Z');
    await here.noteUse(idOf(1), at);
    expect(await there.lastUses()).toEqual(new Map([[idOf(1), at]]));
    await here.remove(idOf(1));
    expect(await there.lastUses()).toEqual(new Map());
  });

  test('a token that somebody made up or changed in the store lets nobody in', async () => {
    await here.add(token(1));
    const stored = JSON.parse((await documents.read(idOf(1))) ?? '') as object;
    for (const forged of [{ ...stored, principal: 'stack' }, { ...token(1), principal: 'stack' }, 'text']) {
      await documents.replace(idOf(1), JSON.stringify(forged));
      await expect(there.list()).rejects.toThrow(`the token ${idOf(1)} is not as it was written`);
    }
    await documents.replace(idOf(1), JSON.stringify(stored));
    await documents.create(idOf(2), JSON.stringify({ ...stored, id: idOf(2) }));
    await expect(there.list()).rejects.toThrow(`the token ${idOf(2)} is not as it was written`);
  });
});
