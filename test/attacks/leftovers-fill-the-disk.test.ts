import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { sweepLeftovers } from '../../src/store/files/durable-file.ts';
import { openFileStores } from '../../src/store/files/stores.ts';
import { openJournals } from '../../src/versions/journal.ts';
import { openVersions } from '../../src/versions/versions.ts';

const TOO_OLD = new Date(Date.now() - 2 * 60 * 60_000);

test('what killed processes left half-written goes at the next start, and nothing else does', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-left-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const folders = ['versions', 'objects/ab', 'rollbacks'];
  const names = {
    left: '00000009.json.0a1b2c3d4e5f.new',
    // Another process may be writing it.
    young: '00000010.json.0a1b2c3d4e5f.new',
    other: 'release.new',
    damaged: '00000003.json.damaged-20260101',
  };
  for (const folder of folders) {
    await mkdir(join(dir, folder), { recursive: true });
    for (const [kind, name] of Object.entries(names)) {
      await writeFile(join(dir, folder, name), 'x');
      if (kind !== 'young') await utimes(join(dir, folder, name), TOO_OLD, TOO_OLD);
    }
  }
  const stores = openFileStores(dir);
  await openVersions({ stores, moment: { topology: () => ({ text: '', hash: '' }), secrets: () => ({}) } });
  openJournals(stores.documents('rollbacks'));
  for (const folder of folders)
    await vi.waitFor(
      async () =>
        expect(await readdir(join(dir, folder))).toEqual([names.damaged, names.young, names.other].sort()),
      { timeout: 15_000 },
    );
});

test('a file that was about to go when its process was killed goes an hour later, and not while it is looked at', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-left-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await mkdir(join(dir, 'ab'));
  const path = join(dir, 'ab', `${'ab'.repeat(32)}.0a1b2c3d4e5f.going`);
  await writeFile(path, 'x');
  // An object is old when it goes.
  await utimes(path, TOO_OLD, TOO_OLD);
  await sweepLeftovers(dir);
  expect(await readdir(join(dir, 'ab'))).toHaveLength(1);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 60 * 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  await sweepLeftovers(dir);
  expect(await readdir(join(dir, 'ab'))).toEqual([]);
});
