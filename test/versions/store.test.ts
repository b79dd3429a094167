import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Captured } from '../../src/call/changes.ts';
import { openFileStores } from '../../src/store/files/stores.ts';
import { diffVersions, listVersions, readVersion, topologyOf } from '../../src/versions/look.ts';
import { openObjectStore } from '../../src/versions/object-store.ts';
import { emptyTree, entriesOf, withEntries } from '../../src/versions/state-tree.ts';
import { exportVersions, importVersions } from '../../src/versions/transfer.ts';
import { verifyVersions } from '../../src/versions/verify.ts';
import { openVersions, type Versions } from '../../src/versions/versions.ts';
import { openVersionLab } from './lab.ts';

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-versions-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

const sizeOf = (dir: string): number =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(dir, name)))
    .filter((found) => found.isFile())
    .reduce((sum, { size }) => sum + size, 0);

const moment = { topology: () => ({ text: 'stack: s\n', hash: 'h' }), secrets: () => ({}) };
const capture = (name: string, image: string): Captured =>
  new Map([[name, { configuration: { [`${name} app`]: { image } } }]]);

const openStore = async () => {
  const dir = await folder();
  return { dir, versions: await openVersions({ stores: openFileStores(dir), moment }) };
};

/** A store of many components and versions, each of which changes one component. */
async function fill(versions: Versions, components: number, count: number): Promise<void> {
  const all = Array.from(
    { length: components },
    (_, n) =>
      [`c${n}`, { configuration: { app: { image: 'app:0', replicas: n, env: 'x'.repeat(500) } } }] as const,
  );
  await versions.record({ cause: 'snapshot', by: 'test' }, new Map(all));
  for (let n = 1; n < count; n++)
    await versions.record({ cause: 'snapshot', by: 'test' }, capture(`c${n % components}`, `app:${n}`));
}

test('the same entries make the same tree, in whatever order they came', async () => {
  const objects = openObjectStore(openFileStores(await folder()).documents('objects'));
  const names = Array.from({ length: 300 }, (_, n) => `component-${n}`);
  const hash = await objects.put('x');
  let one = await emptyTree(objects);
  for (const name of names) one = await withEntries(objects, one, new Map([[name, hash]]));
  const whole = await withEntries(
    objects,
    await emptyTree(objects),
    new Map(names.toReversed().map((name) => [name, hash])),
  );
  expect(one).toBe(whole);
  expect([...(await entriesOf(objects, one)).keys()]).toEqual(names.toSorted());
  const fewer = await withEntries(objects, one, new Map(names.slice(10).map((name) => [name, undefined])));
  const few = await withEntries(
    objects,
    await emptyTree(objects),
    new Map(names.slice(0, 10).map((name) => [name, hash])),
  );
  expect(fewer).toBe(few);
});

test('a version in which nothing changed grows the store by less than one per cent', async () => {
  const { dir, versions } = await openStore();
  await fill(versions, 200, 1);
  const before = sizeOf(dir);
  const captured = new Map(
    Array.from(
      { length: 200 },
      (_, n) =>
        [`c${n}`, { configuration: { app: { image: 'app:0', replicas: n, env: 'x'.repeat(500) } } }] as const,
    ),
  );
  const empty: Captured = new Map();
  for (let n = 0; n < 10; n++) await versions.record({ cause: 'snapshot', by: 'test' }, empty);
  const each = (sizeOf(dir) - before) / 10;
  expect(each / before).toBeLessThan(0.01);
  // Captured anew and found the same, it costs the list of what was captured, and no object.
  const objectsBefore = (await versions.objects.list()).length;
  await versions.record({ cause: 'snapshot', by: 'test' }, captured);
  expect((await versions.objects.list()).length).toBe(objectsBefore);
});

test('listing and comparing read as many files in a long history as in a short one', async () => {
  const counts = [];
  for (const length of [20, 400]) {
    const { versions } = await openStore();
    await fill(versions, 5, length);
    let reads = 0;
    const counting: Versions = {
      ...versions,
      files: {
        ...versions.files,
        read: (n) => {
          reads += 1;
          return versions.files.read(n);
        },
      },
    };
    expect(await listVersions(counting, { limit: 10 })).toHaveLength(10);
    await diffVersions(counting, 2, length);
    counts.push(reads);
  }
  expect(counts[0]).toBe(counts[1]);
});

test('a difference names the resource, the field and both values', async () => {
  const { versions } = await openStore();
  await versions.record({ cause: 'snapshot', by: 'test' }, capture('api', 'app:1'));
  await versions.record({ cause: 'snapshot', by: 'test' }, capture('api', 'app:2'));
  expect(await diffVersions(versions, 1, 2)).toMatchObject({
    resources: [
      {
        component: 'api',
        resource: 'api app',
        change: 'changed',
        fields: [{ field: 'image', from: 'app:1', to: 'app:2' }],
      },
    ],
    topology: [],
  });
});

test('a component that could not be captured keeps its last configuration, and is named', async () => {
  const { versions } = await openStore();
  await versions.record({ cause: 'snapshot', by: 'test' }, capture('api', 'app:1'));
  await versions.record({ cause: 'snapshot', by: 'test' }, new Map([['api', { missed: 'unreachable' }]]));
  const latest = await versions.latest();
  expect(latest?.end).toMatchObject({ captured: [], missed: { api: 'unreachable' } });
  expect((await diffVersions(versions, 1, 2)).resources).toEqual([]);
});

test('two processes on one folder get numbers of their own, and none is lost', async () => {
  const { dir, versions } = await openStore();
  const other = await openVersions({ stores: openFileStores(dir), moment });
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      (n % 2 ? versions : other).record({ cause: 'snapshot', by: 'test' }, capture(`c${n}`, 'i')),
    ),
  );
  expect(await versions.files.numbers()).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  expect((await verifyVersions(versions)).damage).toEqual([]);
});

test('a damaged object and a damaged version are found and named', async () => {
  const { dir, versions } = await openStore();
  await fill(versions, 3, 4);
  const { topology } = await readVersion(versions, 2);
  expect((await verifyVersions(versions)).damage).toEqual([]);
  writeFileSync(join(dir, 'objects', topology.slice(0, 2), topology), '"another topology"');
  const file = join(dir, 'versions', '00000003.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"by":"test"', '"by":"else"'));
  const { damage } = await verifyVersions(await openVersions({ stores: openFileStores(dir), moment }));
  expect(damage.map(({ version, object }) => [version, object])).toEqual([
    [1, topology],
    [2, topology],
    [3, undefined],
    [4, topology],
  ]);
});

test('an export taken into another folder is the same store', async () => {
  const { versions } = await openStore();
  await fill(versions, 4, 6);
  const target = await openStore();
  expect(await importVersions(target.versions, exportVersions(versions))).toMatchObject({ versions: 6 });
  const again = await openVersions({ stores: openFileStores(target.dir), moment });
  expect(again.version()).toBe(6);
  expect((await verifyVersions(again)).damage).toEqual([]);
  expect(await topologyOf(again, await readVersion(again, 6))).toBe('stack: s\n');
  await expect(importVersions(again, exportVersions(versions))).rejects.toThrow('has versions already');
});

test.each([
  ['nothing of the kind', ['{"kind":"else"}']],
  [
    'an object under another’s hash',
    ['{"kind":"stackward-versions","format":1}', `{"kind":"object","hash":"${'0'.repeat(64)}","value":1}`],
  ],
])('%s is not taken in', async (_what, lines) => {
  const { versions } = await openStore();
  async function* source() {
    yield* lines;
  }
  await expect(importVersions(versions, source())).rejects.toThrow(/line \d/);
  expect(await versions.files.numbers()).toEqual([]);
});

test('pruning never removes what a rollback to a kept version needs', async () => {
  const lab = await openVersionLab();
  await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
  const kept = lab.now();
  const then = lab.state();
  for (const value of ['2', '3', '4']) await lab.write('ledger_set', { target: 'books', key: 'a', value });
  const late = lab.now();
  await lab.write('ledger_set', { target: 'vault', key: 'b', value: '1' });
  await lab.history.keeper.keep(kept, 'the release');
  const pruned = await lab.history.prune(late, { dryRun: false });
  expect(pruned).toMatchObject({ first: kept, held: expect.stringContaining('the release') });
  expect((await lab.rollBack(kept)).at_target).toBe(true);
  expect(lab.state()).toEqual(then);
  await lab.history.keeper.release(kept);
  await lab.history.prune(late, { dryRun: false });
  await expect(lab.history.plan('stack', kept)).rejects.toThrow(`there is no version ${kept}`);
  // A write stays for as long as a step that took it back does, and is no target by itself.
  await lab.history.prune(late + 3, { dryRun: false });
  expect(await lab.history.versions.files.numbers()).toContain(kept + 1);
  await expect(lab.history.plan('stack', kept + 1)).rejects.toThrow('was pruned');
  expect((await verifyVersions(lab.history.versions)).damage).toEqual([]);
});

test('a dry run of pruning says the same and removes nothing', async () => {
  const lab = await openVersionLab();
  for (const value of ['2', '3', '4']) await lab.write('ledger_set', { target: 'books', key: 'a', value });
  const planned = await lab.history.prune(3, { dryRun: true });
  expect(await lab.history.versions.files.numbers()).toContain(1);
  expect(await lab.history.prune(3, { dryRun: false })).toEqual(planned);
  expect(await lab.history.versions.files.numbers()).not.toContain(1);
});
