import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Captured } from '../../src/call/changes.ts';
import { openFileStores } from '../../src/store/files/stores.ts';
import { driftFrom } from '../../src/versions/look.ts';
import { openVersions, type Versions } from '../../src/versions/versions.ts';

const moment = { topology: () => ({ text: 'stack: shop\n', hash: 'h' }), secrets: () => ({}) };
const found = (component: string, image: string): Captured =>
  new Map([[component, { configuration: { [`${component} web`]: { image } } }]]);
const begin = (versions: Versions, target: string) =>
  versions.begin({
    cause: 'write',
    call: `call on ${target}`,
    seq: 1,
    principal: 'stack',
    tool: 'set',
    target,
    resources: [target],
    args: {},
    before: null,
  });
const drift = async (versions: Versions, captured: Captured) => {
  const latest = await versions.latest();
  if (!latest) throw new Error('there is no version');
  const { resources } = await driftFrom(versions, latest, { captured, topology: 'stack: shop\n' });
  return resources.map(({ resource }) => resource);
};

async function twoProcesses() {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-late-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const open = () => openVersions({ stores: openFileStores(dir), moment });
  const [a, b] = [await open(), await open()];
  await a.record(
    { cause: 'snapshot', by: 'tester' },
    new Map([...found('web', '1'), ...found('books', '1')]),
  );
  return { dir, a, b };
}

test('what one process captured late is no drift for the other, nor for any version after it', async () => {
  const { dir, a, b } = await twoProcesses();
  const slow = await begin(a, 'web');
  const quick = await begin(b, 'books');
  await quick.end('ok', found('books', '2'));
  await slow.end('ok', found('web', '2'));
  const live = new Map([...found('web', '2'), ...found('books', '2')]);
  expect(await drift(b, live)).toEqual([]);
  await b.record({ cause: 'snapshot', by: 'tester' });
  expect(await drift(b, live)).toEqual([]);
  await a.record({ cause: 'snapshot', by: 'tester' });
  expect(await drift(await openVersions({ stores: openFileStores(dir), moment }), live)).toEqual([]);
});

test('a late capture does not take the place of what a later version captured', async () => {
  const { a, b } = await twoProcesses();
  const slow = await begin(a, 'web');
  const quick = await begin(b, 'web');
  await quick.end('ok', found('web', '3'));
  await slow.end('ok', found('web', '2'));
  await b.record({ cause: 'snapshot', by: 'tester' });
  expect(await drift(b, found('web', '3'))).toEqual([]);
});
