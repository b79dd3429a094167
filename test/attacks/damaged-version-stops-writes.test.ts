import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFileStores } from '../../src/store/files/stores.ts';
import { verifyVersions } from '../../src/versions/verify.ts';
import { openVersions } from '../../src/versions/versions.ts';
import { auditRecords } from '../server/stackward.ts';
import { openVersionLab } from '../versions/lab.ts';

type Lab = Awaited<ReturnType<typeof openVersionLab>>;
const fileOf = ({ stack }: Lab, number: number, part = '') =>
  join(stack.dataDir, 'versions', `${String(number).padStart(8, '0')}${part}.json`);
/** The store as a process finds it that starts now. */
const restarted = ({ stack }: Lab) =>
  openVersions({
    stores: openFileStores(stack.dataDir),
    moment: { topology: () => stack.stackward.catalogs.graph(), secrets: () => ({}) },
  });
const audited = async (lab: Lab, event: string) =>
  (await auditRecords(lab.stack)).filter((record) => record.kind === 'event' && record.event === event);

test('a damaged latest version is named, set aside and never passed over, and writes are taken again', async () => {
  const lab = await openVersionLab();
  const at = lab.now();
  await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
  const damaged = lab.now();
  const was = await readFile(fileOf(lab, damaged), 'utf8');
  await writeFile(fileOf(lab, damaged), was.replace('"key":"a"', '"key":"b"'));
  const snapshot = { cause: 'snapshot', by: 'tester' } as const;
  await expect((await restarted(lab)).record(snapshot)).rejects.toThrow(/versions repair/);

  expect(await lab.history.repair('ann', { dryRun: true })).toMatchObject({ lost: [{ version: damaged }] });
  await expect((await restarted(lab)).record(snapshot)).rejects.toThrow();
  const { lost } = await lab.history.repair('ann', { dryRun: false });
  expect((await verifyVersions(lab.history.versions)).damage).toEqual([]);
  const [kept] = lost[0]?.kept ?? [];
  expect(await readFile(join(lab.stack.dataDir, 'versions', `${kept}.json`), 'utf8')).toContain('"key":"b"');
  expect(await audited(lab, 'versions_repaired')).toMatchObject([
    { detail: { by: 'ann', lost: [{ version: damaged }] } },
  ]);

  const again = await (await restarted(lab)).record(snapshot);
  expect(again.number).toBeGreaterThan(damaged);
  const plan = await lab.history.plan('stack', at);
  expect(plan.not_reversible).toMatchObject([{ of: damaged, why: expect.stringContaining('lost') }]);
  expect(await lab.rollBack(at)).toMatchObject({ at_target: false });
});

test('a version whose end alone is damaged is lost whole, since nobody knows what it left', async () => {
  const lab = await openVersionLab();
  await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
  const damaged = lab.now();
  await writeFile(fileOf(lab, damaged, '.end'), '{"sha256":"0","content":{}}');
  const { lost } = await lab.history.repair('ann', { dryRun: false });
  expect(lost).toMatchObject([{ version: damaged }]);
  expect(lost[0]?.kept).toHaveLength(2);
  expect((await lab.history.versions.files.read(damaged)).cause).toBe('lost');
});

test('an object that is gone stops nothing for longer than a repair', async () => {
  const lab = await openVersionLab();
  await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
  const latest = await lab.history.versions.latest();
  const hash = latest?.end?.state ?? '';
  await writeFile(join(lab.stack.dataDir, 'objects', hash.slice(0, 2), hash), '{}');
  await expect(
    (await restarted(lab)).record(
      { cause: 'snapshot', by: 'x' },
      new Map([['books', { configuration: {} }]]),
    ),
  ).rejects.toThrow(hash);
  const { poorer, snapshot } = await lab.history.repair('ann', { dryRun: false });
  expect(poorer.map(({ object }) => object)).toContain(hash);
  expect(snapshot).toBeGreaterThan(latest?.number ?? 0);
  const version = await (await restarted(lab)).record(
    { cause: 'snapshot', by: 'x' },
    new Map([['books', { configuration: {} }]]),
  );
  expect(version.number).toBe((snapshot ?? 0) + 1);
  expect((await lab.history.drift()).unknown).toEqual({});
});

test('a sound store is left as it is', async () => {
  const lab = await openVersionLab();
  await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
  const before = await readdir(join(lab.stack.dataDir, 'versions'));
  expect(await lab.history.repair('ann', { dryRun: false })).toEqual({ lost: [], poorer: [] });
  expect(await readdir(join(lab.stack.dataDir, 'versions'))).toEqual(before);
});
