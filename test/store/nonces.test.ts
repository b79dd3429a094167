import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openNonces } from '../../src/store/nonces.ts';
import type { Stores } from '../../src/store/stores.ts';
import { ENGINES, type Engine } from './engines.ts';

const soon = () => new Date(Date.now() + 60_000);
const nonce = (text: string) => text.padEnd(24, '0');

describe.each(ENGINES)('nonces on %s', (_name, start) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await start();
  });
  afterEach(() => engine.close());
  const open = async (now?: () => number) => {
    const stores: Stores = await engine.open();
    return openNonces(stores.documents('nonces'), now ? { now } : {});
  };

  test('of a hundred that use one nonce up at once one does, and nobody later', async () => {
    const [here, there] = [await open(), await open()];
    const expires = soon();
    const tries = Array.from({ length: 100 }, (_, at) =>
      (at % 2 ? here : there).consumeNonce(nonce('a'), expires),
    );
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
    expect(await there.consumeNonce(nonce('a'), soon())).toBe(false);
    expect(await there.consumeNonce(nonce('A'), soon())).toBe(true);
  });

  test('one that is past its time, or is none, is not used', async () => {
    const here = await open();
    expect(await here.consumeNonce(nonce('a'), new Date(Date.now() - 1))).toBe(false);
    await expect(here.consumeNonce('../../escape-from-here', soon())).rejects.toThrow(TypeError);
    const late = new Date(Date.now() + 2 * 86_400_000);
    await expect(here.consumeNonce(nonce('a'), late)).rejects.toThrow(TypeError);
  });

  test('two that share a store share its name, and others have another', async () => {
    const places = await Promise.all([(await open()).place(), (await open()).place()]);
    expect(places[0]).toBe(places[1]);
    expect(places[0]).toMatch(/^[0-9a-f]{32}$/);
    const other = await start();
    const elsewhere = openNonces((await other.open()).documents('nonces'));
    expect(await elsewhere.place()).not.toBe(places[0]);
    await other.close();
  });

  test('what no clock takes any more is swept away, and nothing else', async () => {
    let now = Date.now();
    const here = await open(() => now);
    const stores = await engine.open();
    const kept = async () => (await stores.documents('nonces').keys()).length;
    await here.consumeNonce(nonce('a'), new Date(now + 60_000));
    await here.place();
    now += 86_400_000;
    await here.consumeNonce(nonce('b'), new Date(now + 60_000));
    expect(await kept()).toBe(3);
    now += 3_600_000;
    await here.consumeNonce(nonce('c'), new Date(now + 60_000));
    expect(await kept()).toBe(3);
  });
});
