import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFileStores } from '../../src/store/files/stores.ts';
import { openVersions } from '../../src/versions/versions.ts';
import { openVersionLab } from './lab.ts';

type Lab = Awaited<ReturnType<typeof openVersionLab>>;

/** A taking back of a version whose process ended before it could say how it went. */
const cutOffRevert = (lab: Lab, of: number, key: string) =>
  lab.history.versions.begin({
    cause: 'revert',
    call: 'cut off',
    seq: 1,
    principal: 'stack',
    tool: 'ledger_set',
    target: 'books',
    resources: [`entry ${key}`],
    args: { key, value: '1' },
    before: null,
    of,
  });

describe('a process that was killed', () => {
  test('while it wrote a version leaves a store that takes the next one', async () => {
    const lab = await openVersionLab();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const next = String(lab.now() + 1).padStart(8, '0');
    await writeFile(join(lab.stack.dataDir, 'versions', `${next}.json.0a1b2c3d4e5f.new`), '{"sha');
    const again = await openVersions({
      stores: openFileStores(lab.stack.dataDir),
      moment: { topology: () => lab.stack.stackward.catalogs.graph(), secrets: () => ({}) },
    });
    expect((await again.latest())?.number).toBe(lab.now());
    expect((await again.record({ cause: 'snapshot', by: 'tester' })).number).toBe(lab.now() + 1);
  });

  test('before it took a write back has not taken it back', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    await cutOffRevert(lab, lab.now(), 'a');
    const report = await lab.rollBack(at);
    expect(lab.state()).toEqual({});
    expect(report).toMatchObject({ at_target: true, results: [{ of: at + 1, result: 'restored' }] });
  });

  test('and whose rollback was gone on with has not made the write again', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const set = lab.now();
    await cutOffRevert(lab, set, 'a');
    await lab.rollBack(at);
    expect(lab.state()).toEqual({});
    expect((await lab.history.plan('stack', at)).steps).toEqual([]);
    expect(await lab.rollBack(at)).toMatchObject({ at_target: true });
    expect(lab.state()).toEqual({});
    expect((await lab.history.plan('stack', set)).steps).toHaveLength(1);
    await lab.rollBack(set);
    expect(lab.state()).toEqual({ 'books/a': '1' });
  });
});

test('a version that another process took away again does not come back under its number', async () => {
  const lab = await openVersionLab();
  const moment = { topology: () => lab.stack.stackward.catalogs.graph(), secrets: () => ({}) };
  const other = await openVersions({ stores: openFileStores(lab.stack.dataDir), moment });
  const gone = (await other.record({ cause: 'snapshot', by: 'ann' })).number;
  await other.record({ cause: 'snapshot', by: 'ann' });
  await other.files.remove(gone);
  await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
  expect(lab.now()).toBe(gone + 2);
  expect(await lab.history.versions.files.numbers()).not.toContain(gone);
});
