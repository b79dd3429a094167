import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { removeOlder, touchFile } from '../../src/store/files/file-age.ts';

/** Runs once a file has its second name, before the first is taken away. */
let meanwhile: (() => Promise<unknown>) | undefined;
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return {
    ...real,
    async link(from: string, to: string) {
      await real.link(from, to);
      const work = meanwhile;
      meanwhile = undefined;
      await work?.();
    },
  };
});

const HOUR = 3_600_000;

test('a file that is touched while it goes comes back, and nothing is left beside', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-age-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'object');
  await writeFile(path, 'whole');
  const then = new Date(Date.now() - 2 * HOUR);
  await utimes(path, then, then);
  meanwhile = () => touchFile(path);
  expect(await removeOlder(path, HOUR)).toBe(false);
  expect([await readdir(dir), await readFile(path, 'utf8')]).toEqual([['object'], 'whole']);

  await utimes(path, then, then);
  expect(await removeOlder(path, HOUR)).toBe(true);
  expect(await readdir(dir)).toEqual([]);
});
