import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openPostgresDocuments } from '../../src/store/postgres/documents.ts';
import { migrate } from '../../src/store/postgres/migrate.ts';
import { openSharedTokens } from '../../src/store/shared-tokens.ts';
import { openTokenFiles } from '../../src/store/token-files.ts';
import type { StoredToken } from '../../src/store/tokens.ts';
import { openSchema } from './database.ts';

/** Two views of one database, as two replicas have them. */
async function twoReplicas() {
  const at = await openSchema();
  onTestFinished(() => at.close());
  await migrate(at.database, at.schema);
  const view = () =>
    openSharedTokens(openPostgresDocuments(at.database, 'tokens'), { key: Buffer.alloc(32, 7), pollMs: 0 });
  return { direct: at.direct, here: view(), there: view() };
}

/** Two views of one data directory, as two processes have them. */
async function openTwo() {
  const dataDir = await mkdtemp(join(tmpdir(), 'tokens-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  return { dataDir, here: openTokenFiles(dataDir), there: openTokenFiles(dataDir) };
}

const token = (number: number, more: Partial<StoredToken> = {}): StoredToken => ({
  id: number.toString(16).padStart(8, '0'),
  principal: 'helper',
  hash: number.toString(16).padStart(64, '0'),
  created: '2026-11-25T10:00:00.000Z',
  ...more,
});
const BOTH = [
  ['files', openTwo],
  ['postgresql', twoReplicas],
] as const;

const idOf = (number: number) => token(number).id;

test.each(BOTH)(
  '%s: until there was a token there is no list; after the last one went there is an empty one',
  async (_name, openBoth) => {
    const { here, there } = await openBoth();
    expect(await here.list()).toBeUndefined();
    await here.add(token(1));
    expect(await there.list()).toEqual([token(1)]);
    expect(await there.remove(idOf(1))).toBe(true);
    expect(await there.remove(idOf(1))).toBe(false);
    expect(await here.list()).toEqual([]);
  },
);

test.each(BOTH)('%s: an id is given once', async (_name, openBoth) => {
  const { here, there } = await openBoth();
  await here.add(token(1));
  await expect(there.add(token(1, { principal: 'other' }))).rejects.toThrow(/already/);
  expect(await here.list()).toEqual([token(1)]);
});

test.each(BOTH)('%s: an end comes forward and never goes back', async (_name, openBoth) => {
  const { here, there } = await openBoth();
  await here.add(token(1, { expires: '2026-12-01T00:00:00.000Z' }));
  const ends = async (at: string) => {
    expect(await here.shorten(idOf(1), new Date(at))).toBe(true);
    return (await there.list())?.[0]?.expires;
  };
  expect(await ends('2026-12-02T00:00:00Z')).toBe('2026-12-01T00:00:00.000Z');
  expect(await ends('2026-11-28T00:00:00Z')).toBe('2026-11-28T00:00:00.000Z');
  expect(await ends('2026-11-29T00:00:00Z')).toBe('2026-11-28T00:00:00.000Z');
  expect(await ends('2026-11-28T00:00:00Z')).toBe('2026-11-28T00:00:00.000Z');
  expect(await here.shorten(idOf(2), new Date())).toBe(false);
});

test.each(BOTH)(
  '%s: of fifty that are made, ended and taken away at once none undoes another',
  async (_name, openBoth) => {
    const { here, there } = await openBoth();
    const numbers = Array.from({ length: 50 }, (_, at) => at + 1);
    await Promise.all(numbers.map((number) => (number % 2 ? here : there).add(token(number))));
    expect(await here.list()).toHaveLength(50);
    await Promise.all(
      numbers.flatMap((number) => [
        here.shorten(idOf(number), new Date()).catch(() => {}),
        number % 5 === 0 ? there.remove(idOf(number)) : there.noteUse(idOf(number), new Date()),
      ]),
    );
    const left = await here.list();
    expect(left?.map(({ id }) => id)).toEqual(numbers.filter((number) => number % 5).map(idOf));
    expect(left?.every(({ expires }) => expires !== undefined)).toBe(true);
  },
);

test('a list that is read while tokens go is of those that stay', async () => {
  const { here, there } = await openTwo();
  const numbers = Array.from({ length: 60 }, (_, at) => at + 1);
  for (const number of numbers) await here.add(token(number));
  const going = Promise.all(numbers.slice(1).map((number) => there.remove(idOf(number))));
  let isDone = false;
  void going.then(() => {
    isDone = true;
  });
  while (!isDone) {
    expect((await here.list())?.[0]).toEqual(token(1));
    await new Promise(setImmediate);
  }
  expect(await here.list()).toEqual([token(1)]);
});

test('the last use is kept', async () => {
  const { here, there } = await openTwo();
  await here.add(token(1));
  expect((await there.lastUses()).size).toBe(0);
  await here.noteUse(idOf(1), new Date('2026-11-25T10:00:00Z'));
  await here.noteUse(idOf(1), new Date('2026-11-25T11:00:00Z'));
  expect((await there.lastUses()).get(idOf(1))).toEqual(new Date('2026-11-25T11:00:00Z'));
});

test('a token that was written into the database by hand lets nobody in', async () => {
  const { direct, here } = await twoReplicas();
  await here.add(token(1));
  const forged = JSON.stringify({
    token: JSON.stringify(token(2, { principal: 'stack' })),
    mac: 'f'.repeat(64),
  });
  await direct.query("insert into document (collection, key, content) values ('tokens', $1, $2)", [
    idOf(2),
    forged,
  ]);
  await expect(here.list()).rejects.toThrow(/not made with the key/);
  await here.remove(idOf(2));
  expect(await here.list()).toEqual([token(1)]);
});
