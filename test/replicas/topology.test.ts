import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { openSharedKeys } from '../../src/store/keys.ts';
import { openPostgresStores } from '../../src/store/postgres/stores.ts';
import { openSharedTopology } from '../../src/versions/shared-topology.ts';
import { openFixture } from '../server/fixture-service.ts';
import { TOPOLOGY, UNLINKED } from '../server/stackward.ts';
import { openReplicas, type Replica } from './open-replicas.ts';

const env = { MCP_STORE_WRITE_ACCESS: 'true' };
/** Long enough for a file to settle and for every replica to have looked. */
const SOON = { timeout: 10_000 };
const commented = (word: string) => `# ${word}\n${TOPOLOGY}`;

let at: Awaited<ReturnType<typeof openReplicas>>;
const others: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(others.splice(0).map((one) => one.close()));
  await at.close();
});

/** Replicas with a file of their own each, before one and the same service. */
async function open(count = 2, topology = TOPOLOGY) {
  const { box, services } = openFixture();
  at = await openReplicas(count, { topology, services, env, ownFiles: true });
  const [a, b] = at.replicas;
  if (!a || !b) throw new Error('there are no two replicas');
  return { a, b, box };
}

/** Somebody else on the same store, who tells nobody. */
async function somebody() {
  const { STACKWARD_DATABASE_URL: url, STACKWARD_DATABASE_SCHEMA: schema, STACKWARD_KEYS: keys } = at.env;
  const stores = await openPostgresStores({ url, schema, migrates: false });
  others.push(stores);
  const documents = stores.documents('topologies');
  return {
    documents,
    topology: openSharedTopology(documents, { at: 'somebody', key: openSharedKeys(keys).of('topology') }),
  };
}

const hashOf = ({ stackward }: Replica) => stackward.catalogs.graph().hash;
const linksOf = ({ stackward }: Replica) => stackward.catalogs.graph().links.length;
const get = (one: Replica) => one.call('box_get', { target: 'store/a', key: 'k' });
const put = (one: Replica, value = 'v') => one.call('box_put', { target: 'store/a', key: 'k', value });

test('replicas that start share the first edit, and an edit of one file holds for all', async () => {
  const { a, b } = await open();
  const { topology } = await somebody();
  expect(await topology.edits()).toHaveLength(1);
  expect(hashOf(a)).toBe(hashOf(b));
  await writeFile(at.fileOf(1), commented('by b'));
  await expect.poll(() => a.stackward.catalogs.graph().text, SOON).toBe(commented('by b'));
  expect(hashOf(a)).toBe(hashOf(b));
  expect((await topology.edits()).map(({ number }) => number)).toEqual([1, 2]);
  await expect
    .poll(async () => (await a.stackward.history.versions.latest())?.topology_hash, SOON)
    .toBe(hashOf(a));
});

test('a link that is removed on one replica is honoured by no write of another that has not looked yet', async () => {
  const { b, box } = await open();
  expect(await put(b)).toMatchObject({ outcome: 'ok' });
  const { topology } = await somebody();
  await topology.apply(UNLINKED, 1);
  const answer = await put(b, 'too late');
  expect(answer.outcome).toBe('denied');
  expect(box.rows.get('k')).toBe('v');
  expect(box.ran.get('box_put')).toBe(1);
  await expect.poll(() => linksOf(b), SOON).toBe(0);
  expect(await get(b)).toMatchObject({ error: { code: 'unknown_tool' } });
});

test('a link that was added is open only when no replica can still work under the topology without it', async () => {
  const { a, b, box } = await open(2, UNLINKED);
  await writeFile(at.fileOf(0), TOPOLOGY);
  await expect.poll(() => linksOf(a), { ...SOON, interval: 10 }).toBe(1);
  expect(await get(a)).toMatchObject({ error: { code: 'too_busy' } });
  expect(box.ran.get('box_get')).toBeUndefined();
  for (const one of [a, b]) await expect.poll(async () => (await get(one)).outcome, SOON).toBe('ok');
});

test('a replica that cannot look for some seconds begins nothing more', async () => {
  const { a, box } = await open();
  expect(await get(a)).toMatchObject({ outcome: 'ok' });
  await at.direct?.query('begin');
  await at.direct?.query('lock table document in access exclusive mode');
  try {
    await expect.poll(async () => (await get(a)).error?.code, SOON).toBe('too_busy');
    const ran = box.ran.get('box_get');
    expect(await get(a)).toMatchObject({ error: { code: 'too_busy' } });
    expect(box.ran.get('box_get')).toBe(ran);
  } finally {
    await at.direct?.query('rollback');
  }
  await expect.poll(async () => (await get(a)).outcome, SOON).toBe('ok');
});

test('a replica that is left with an old file works under what is in force, and says so', async () => {
  const { a } = await open();
  await writeFile(at.fileOf(0), UNLINKED);
  await expect.poll(() => linksOf(a), SOON).toBe(0);
  await writeFile(at.fileOf(7), TOPOLOGY);
  const late = await at.open(7);
  others.push(late.stackward);
  expect(linksOf(late)).toBe(0);
  expect(at.said.filter((line) => line.startsWith('7 warn'))).toEqual([
    expect.stringMatching(/is not the topology in force, which is edit 2, of .* stackward topology apply/),
  ]);
  const { topology } = await somebody();
  expect(await topology.edits()).toHaveLength(2);
});

test('a slow replica that gets an old edit late does not put it in force again', async () => {
  const { a, b } = await open();
  await writeFile(at.fileOf(0), commented('second'));
  await expect.poll(() => b.stackward.catalogs.graph().text, SOON).toBe(commented('second'));
  await writeFile(at.fileOf(0), UNLINKED);
  await expect.poll(() => linksOf(b), SOON).toBe(0);
  await writeFile(at.fileOf(1), commented('second'));
  await expect.poll(() => at.said.join('\n'), SOON).toContain('it is not put in force again');
  expect([linksOf(a), linksOf(b)]).toEqual([0, 0]);
  // The edit after that is one of its own.
  await writeFile(at.fileOf(1), commented('third'));
  await expect.poll(() => a.stackward.catalogs.graph().text, SOON).toBe(commented('third'));
});

test('an edit that is undone in the file is undone for all', async () => {
  const { a, b } = await open();
  await writeFile(at.fileOf(0), UNLINKED);
  await expect.poll(() => linksOf(b), SOON).toBe(0);
  await writeFile(at.fileOf(0), TOPOLOGY);
  await expect.poll(() => linksOf(b), SOON).toBe(1);
  expect(hashOf(a)).toBe(hashOf(b));
});

test('of two edits at once each is in force after the other, and all replicas end under the same', async () => {
  const { a, b } = await open(3);
  await Promise.all([0, 1, 2].map((n) => writeFile(at.fileOf(n), commented(`by ${n}`))));
  const { topology } = await somebody();
  await expect.poll(async () => (await topology.edits()).length, SOON).toBe(4);
  const latest = await topology.latest();
  for (const one of at.replicas) await expect.poll(() => hashOf(one), SOON).toBe(latest?.hash);
  expect(hashOf(a)).toBe(hashOf(b));
});

test('a rollback of the topology holds for all, and leaves their files alone', async () => {
  const { a, b } = await open();
  const before = (await a.stackward.history.versions.latest())?.number ?? 0;
  await writeFile(at.fileOf(0), UNLINKED);
  await expect.poll(() => linksOf(b), SOON).toBe(0);
  await expect
    .poll(async () => (await a.stackward.history.versions.latest())?.topology_hash, SOON)
    .toBe(hashOf(a));
  const { plan, rollbacks } = b.stackward.history;
  const done = await rollbacks.begin(await plan('stack', before), {
    principal: 'stack',
    by: 'ann',
    signal: new AbortController().signal,
  });
  expect(done.topology).toBe('restored');
  expect(await readFile(at.fileOf(1), 'utf8')).toBe(TOPOLOGY);
  expect(await readFile(at.fileOf(0), 'utf8')).toBe(UNLINKED);
  await expect.poll(() => linksOf(a), SOON).toBe(1);
  expect(hashOf(a)).toBe(hashOf(b));
});

test('an edit that this release cannot read leaves no link, until one comes that it can', async () => {
  const { a, box } = await open();
  const { topology } = await somebody();
  await topology.apply(TOPOLOGY.replace('type: box', 'type: of-a-later-release'), 1);
  await expect.poll(() => linksOf(a), SOON).toBe(0);
  expect(await get(a)).toMatchObject({ error: { code: 'unknown_tool' } });
  expect(box.ran.get('box_get')).toBeUndefined();
  expect(at.said.join('\n')).toMatch(/edit 2 of the topology, of somebody, cannot be read by this release/);
  await topology.apply(TOPOLOGY, 2);
  await expect.poll(async () => (await get(a)).outcome, SOON).toBe('ok');
});

test('a file that does not hold changes nothing for anybody', async () => {
  const { a, b } = await open();
  await writeFile(at.fileOf(0), 'stack: [');
  await expect.poll(() => at.said.join('\n'), SOON).toContain('the last good topology stays in force');
  expect([linksOf(a), linksOf(b)]).toEqual([1, 1]);
});
