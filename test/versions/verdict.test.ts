import { chmod, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFileStores } from '../../src/store/files/stores.ts';
import { openObjectStore } from '../../src/versions/object-store.ts';
import { reportOf } from '../../src/versions/report.ts';
import { openVersionLab } from './lab.ts';

describe('a rollback is not said to have brought the stack back', () => {
  test('where a write came while it ran', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    lab.ledger.before = async (what) => {
      if (what !== 'revert set books/a') return;
      lab.ledger.before = () => {};
      await lab.write('ledger_set', { target: 'vault', key: 'late', value: '1' });
    };
    const report = await lab.rollBack(at);
    expect(lab.state()).toEqual({ 'vault/late': '1' });
    expect(report).toMatchObject({ at_target: false, results: [{ result: 'restored' }] });
    expect(report.verdict).toMatch(/the stack is not at version .*came while it ran/);
    expect(await lab.rollBack(at)).toMatchObject({ at_target: true });
    expect(lab.state()).toEqual({});
  });

  test('where only a component was rolled back', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    await lab.write('ledger_set', { target: 'vault', key: 'a', value: '1' });
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const report = await lab.rollBack(at, 'books');
    expect(report.verdict).toBe(`books is at version ${at}: everything came back and was read back`);
    await expect(lab.history.plan('stack', at, { component: 'nobody' })).rejects.toThrow(
      'no component nobody',
    );
  });

  test('where it was given up before it was over', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    lab.ledger.entries.set('books/a', 'theirs');
    const { id } = await lab.rollBack(at);
    const journal = await lab.history.rollbacks.abandon(id);
    const done = { ...journal, steps: [], topology: 'waiting' as const };
    expect(reportOf(done).verdict).toContain(`the stack is not at version ${at}`);
    expect(reportOf(journal).next.join()).not.toContain('--resume');
  });

  test('while the write still runs that it would take back', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    lab.ledger.before = () => held;
    const writing = lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    await expect.poll(() => lab.now()).toBe(at + 1);
    await expect(lab.rollBack(at)).rejects.toThrow(/still runs or was cut off; plan again after \d{4}-/);
    release();
    await writing;
    expect(await lab.rollBack(at)).toMatchObject({ at_target: true });
    expect(lab.state()).toEqual({});
  });
});

describe('a store that cannot be written', () => {
  test('does not make a done write look as if it had failed', async () => {
    const lab = await openVersionLab();
    const folder = join(lab.stack.dataDir, 'versions');
    lab.ledger.before = async () => {
      await rm(folder, { recursive: true });
      await writeFile(folder, 'no folder');
    };
    const answer = await lab.stack.call('ledger_set', { target: 'books', key: 'a', value: '1' });
    expect(lab.state()).toEqual({ 'books/a': '1' });
    expect(answer.isError ?? false).toBe(false);
    expect(lab.stack.reports.join('\n')).toContain('ENOTDIR');
    lab.ledger.before = () => {};
    const told = lab.stack.reports.length;
    const next = await lab.stack.call('ledger_set', { target: 'books', key: 'a', value: '2' });
    expect(JSON.stringify(next.content)).toContain('nothing was done');
    expect(lab.stack.reports.slice(told).join('\n')).toContain('ENOTDIR');
    expect(lab.state()).toEqual({ 'books/a': '1' });
  });

  test('puts a damaged object right when it is stored again', async () => {
    const lab = await openVersionLab();
    const dir = join(lab.stack.dataDir, 'objects');
    const hash = await openObjectStore(openFileStores(lab.stack.dataDir).documents('objects')).put({ a: 1 });
    const path = join(dir, hash.slice(0, 2), hash);
    await chmod(path, 0o600);
    await writeFile(path, 'rotten');
    const again = openObjectStore(openFileStores(lab.stack.dataDir).documents('objects'));
    await expect(again.get(hash)).rejects.toThrow(`the object ${hash} is not what it was`);
    expect(await again.put({ a: 1 })).toBe(hash);
    expect(await again.get(hash)).toEqual({ a: 1 });
    expect(await readdir(join(dir, hash.slice(0, 2)))).toEqual([hash]);
  });
});
