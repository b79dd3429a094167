import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openNonceFiles } from '../../src/store/nonce-files.ts';

async function openTwo(now?: () => number) {
  const dataDir = await mkdtemp(join(tmpdir(), 'nonces-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const options = now ? { now } : {};
  return { dataDir, here: openNonceFiles(dataDir, options), there: openNonceFiles(dataDir, options) };
}
const soon = () => new Date(Date.now() + 60_000);
const nonce = (text: string) => text.padEnd(24, '0');

test('of a hundred that use one nonce up at once one does, and nobody later', async () => {
  const { here, there } = await openTwo();
  const expires = soon();
  const tries = Array.from({ length: 100 }, (_, at) =>
    (at % 2 ? here : there).consumeNonce(nonce('a'), expires),
  );
  expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
  expect(await there.consumeNonce(nonce('a'), soon())).toBe(false);
  expect(await there.consumeNonce(nonce('A'), soon())).toBe(true);
});

test('one that is past its time, or is none, is not used', async () => {
  const { here } = await openTwo();
  expect(await here.consumeNonce(nonce('a'), new Date(Date.now() - 1))).toBe(false);
  await expect(here.consumeNonce('../../escape-from-here', soon())).rejects.toThrow(TypeError);
  await expect(here.consumeNonce(nonce('a'), new Date(Date.now() + 2 * 86_400_000))).rejects.toThrow(
    TypeError,
  );
});

test('two that share a folder share its name, and others have another', async () => {
  const [one, other] = [await openTwo(), await openTwo()];
  const places = await Promise.all([one.here.place(), one.there.place(), other.here.place()]);
  expect(places[0]).toBe(places[1]);
  expect(places[2]).not.toBe(places[0]);
  expect(places[0]).toMatch(/^[0-9a-f]{32}$/);
});

test('what no clock takes any more is swept away, and nothing else', async () => {
  let now = Date.now();
  const { here, dataDir } = await openTwo(() => now);
  await here.consumeNonce(nonce('a'), new Date(now + 60_000));
  await here.place();
  now += 86_400_000;
  await here.consumeNonce(nonce('b'), new Date(now + 60_000));
  expect(await readdir(join(dataDir, 'nonces'))).toHaveLength(3);
  now += 1.5 * 86_400_000;
  await here.consumeNonce(nonce('c'), new Date(now + 60_000));
  const left = await readdir(join(dataDir, 'nonces'));
  expect(left).toContain('place');
  // Both were made just now by this machine's clock, whatever the other one says.
  expect(left).toHaveLength(2);
});
