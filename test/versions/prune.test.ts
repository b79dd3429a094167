import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Stores } from '../../src/store/stores.ts';
import { type Pruned, prune } from '../../src/versions/keep.ts';
import { verifyVersions } from '../../src/versions/verify.ts';
import { openVersions } from '../../src/versions/versions.ts';
import { ENGINES, type Engine } from '../store/engines.ts';

const moment = { topology: () => ({ text: 'stack: shop', hash: 'ab' }), secrets: () => ({}) };
const change = {
  cause: 'write' as const,
  call: 'c',
  seq: 1,
  principal: 'stack',
  tool: 'ledger_set',
  target: 'books',
  resources: ['x'],
  args: null,
  before: null,
};
const image = (name: string) => new Map([['web', { configuration: { image: name } }]]);

describe.each(ENGINES)('pruning on %s while another process writes', (_name, start) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await start();
  });
  afterEach(() => engine.close());

  const openOn = (stores: Pick<Stores, 'documents'>) => openVersions({ stores, moment });
  const open = async () => openOn(await engine.open());
  const pruneAll = async (stores?: Pick<Stores, 'documents'>): Promise<Pruned> =>
    prune(await openOn(stores ?? (await engine.open())), { before: 99, needed: new Map(), dryRun: false });
  const snapshot = (versions: Awaited<ReturnType<typeof open>>, name: string) =>
    versions.record({ cause: 'snapshot', by: 'test' }, image(name));

  test('an object that is put and not yet named stays, and an old one that nobody needs goes', async () => {
    const writer = await open();
    await snapshot(writer, 'app:1');
    const waiting = await writer.objects.put({ image: 'app:2' });
    const unused = await writer.objects.put({ image: 'app:0' });
    await engine.age(unused);
    expect(await pruneAll()).toMatchObject({ versions: [], objects: 1 });
    expect(await writer.objects.list()).toContain(waiting);
    expect(await writer.objects.list()).not.toContain(unused);
    await snapshot(writer, 'app:2');
    expect((await verifyVersions(writer)).damage).toEqual([]);
  });

  test('an old object that is put again is there when it is named', async () => {
    const old = await (await open()).objects.put({ image: 'app:2' });
    await engine.age(old);
    const writer = await open();
    await snapshot(writer, 'app:1');
    expect(await writer.objects.put({ image: 'app:2' })).toBe(old);
    await pruneAll();
    await snapshot(writer, 'app:2');
    expect((await verifyVersions(writer)).damage).toEqual([]);
  });

  test('one that is put between the look at what is unused and its removal stays', async () => {
    const writer = await open();
    await snapshot(writer, 'app:1');
    const old = await (await open()).objects.put({ image: 'app:2' });
    await engine.age(old);
    const stores = await engine.open();
    const { objects } = await pruneAll({
      documents(collection) {
        const documents = stores.documents(collection);
        return {
          ...documents,
          async stale(ms) {
            const stale = await documents.stale(ms);
            if (collection === 'objects') await writer.objects.put({ image: 'app:2' });
            return stale;
          },
        };
      },
    });
    expect(objects).toBe(0);
    await snapshot(writer, 'app:2');
    expect((await verifyVersions(writer)).damage).toEqual([]);
  });

  test('a version that still runs holds those after it, and what it began with stays', async () => {
    const writer = await open();
    await snapshot(writer, 'app:1');
    const entry = await writer.begin(change);
    const other = await open();
    await snapshot(other, 'app:2');
    await snapshot(other, 'app:3');
    for (const hash of await writer.objects.list()) await engine.age(hash);
    const pruned = await pruneAll();
    expect(pruned).toMatchObject({
      versions: [1],
      first: 2,
      held: expect.stringContaining('ledger_set still runs'),
    });
    await entry.end('ok', new Map([['db', { configuration: { size: 1 } }]]));
    await snapshot(other, 'app:4');
    expect((await verifyVersions(writer)).damage).toEqual([]);
  });

  test('whoever began with a state that goes may build on it for an hour', async () => {
    const writer = await open();
    await snapshot(writer, 'app:1');
    const { state } = await writer.files.read(1);
    const end = (await writer.files.read(1)).end?.state ?? state;
    const other = await open();
    await snapshot(other, 'app:2');
    for (const hash of await writer.objects.list()) await engine.age(hash);
    expect(await pruneAll()).toMatchObject({ versions: [1], objects: 0 });
    expect(await writer.objects.list()).toContain(end);
  });

  test('many writers and a pruning again and again leave nothing damaged', async () => {
    const writers = await Promise.all([open(), open()]);
    const write = async (one: (typeof writers)[number], at: number) => {
      for (let n = 0; n < 8; n++) await snapshot(one, `app:${at}.${n % 3}`);
    };
    const pruning = (async () => {
      for (let n = 0; n < 8; n++) await pruneAll();
    })();
    await Promise.all([...writers.map(write), pruning]);
    const [writer] = writers;
    if (!writer) throw new Error('there is a writer');
    for (const hash of await writer.objects.list()) await engine.age(hash);
    await pruneAll();
    expect((await verifyVersions(writer)).damage).toEqual([]);
  });
});
