import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { modernCall, YES } from '../server/raw-http.ts';
import { type Fixture, openFixtureStack, serveFixture, TOPOLOGY } from '../server/stackward.ts';

const SHRED = { target: 'store/a', key: 'k' };

interface Replica {
  readonly url: string;
  readonly fixture: Fixture;
}

/** Replicas with the same key and, unless each has its own, one memory of used answers; their approvals lie apart. */
async function openReplicas(
  count: number,
  {
    memories = 1,
    keys = 1,
    topologies = [TOPOLOGY],
  }: { memories?: number; keys?: number; topologies?: string[] } = {},
): Promise<Replica[]> {
  const folder = await mkdtemp(join(tmpdir(), 'replicas-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const replicas: Replica[] = [];
  for (let at = 0; at < count; at += 1) {
    const fixture = await openFixtureStack({
      topology: topologies[at % topologies.length] ?? TOPOLOGY,
      async prepare(dataDir) {
        const memory = join(folder, `memory-${at % memories}`);
        const key = randomBytes(32);
        await writeFile(join(folder, `key-${at % keys}`), key, { flag: 'wx' }).catch(() => {});
        await mkdir(memory, { recursive: true });
        await mkdir(join(dataDir, 'keys'), { recursive: true, mode: 0o700 });
        await copyFile(join(folder, `key-${at % keys}`), join(dataDir, 'keys/request-state.key'));
        await symlink(memory, join(dataDir, 'nonces'));
      },
    });
    onTestFinished(() => fixture.close());
    const serving = await serveFixture(fixture);
    onTestFinished(() => serving.close());
    replicas.push({ url: serving.url, fixture });
  }
  return replicas;
}

async function ask({ url }: Replica) {
  const { json } = await modernCall(url, 'box_shred', SHRED);
  expect(json.result.resultType).toBe('input_required');
  return { requestState: String(json.result.requestState), inputResponses: YES };
}
const shredded = (replicas: readonly Replica[]) =>
  replicas.reduce((sum, { fixture }) => sum + (fixture.box.ran.get('box_shred') ?? 0), 0);

test('one replica asks and another, which never heard of it, takes the answer; no replica takes it again', async () => {
  const replicas = await openReplicas(3);
  const [first, second] = replicas;
  if (!first || !second) throw new Error('there are no replicas');
  const asked = await ask(first);
  const { json } = await modernCall(second.url, 'box_shred', SHRED, asked);
  expect(json.result.isError).toBe(false);
  expect(shredded(replicas)).toBe(1);
  for (const { url } of replicas)
    expect((await modernCall(url, 'box_shred', SHRED, asked)).json.result.isError).toBe(true);
  expect(shredded(replicas)).toBe(1);
});

test('one answer to every replica at once runs one call', async () => {
  const replicas = await openReplicas(3);
  const [first] = replicas;
  if (!first) throw new Error('there are no replicas');
  const asked = await ask(first);
  await Promise.all(
    [...replicas, ...replicas, ...replicas].map(({ url }) => modernCall(url, 'box_shred', SHRED, asked)),
  );
  expect(shredded(replicas)).toBe(1);
});

test.each([
  ['another key', { keys: 2 }],
  // It could not know that the answer was used up, and would take it again.
  ['the same key, and a memory of its own', { memories: 2 }],
  ['another topology', { topologies: [TOPOLOGY, `${TOPOLOGY}# edited\n`] }],
])('a replica with %s takes no answer of the first', async (_name, options) => {
  const replicas = await openReplicas(2, options);
  const [first, second] = replicas;
  if (!first || !second) throw new Error('there are no replicas');
  const { json } = await modernCall(second.url, 'box_shred', SHRED, await ask(first));
  expect(json.error?.code ?? json.result?.isError).toBeTruthy();
  expect(shredded(replicas)).toBe(0);
});

test.each<[string, string, Record<string, unknown>]>([
  ['another row', 'box_shred', { ...SHRED, key: 'other' }],
  ['another tool', 'box_put', { ...SHRED, value: 'w' }],
])('the other replica does not run %s on it', async (_name, tool, args) => {
  const replicas = await openReplicas(2);
  const [first, second] = replicas;
  if (!first || !second) throw new Error('there are no replicas');
  const { json } = await modernCall(second.url, tool, args, await ask(first));
  expect(json.result.content[0].text).toContain('approval_refused');
  expect(shredded(replicas)).toBe(0);
  expect(second.fixture.box.ran.size).toBe(0);
});

test('a no is final on every replica that hears it', async () => {
  const replicas = await openReplicas(2);
  const [first, second] = replicas;
  if (!first || !second) throw new Error('there are no replicas');
  const asked = await ask(first);
  const no = { ...asked, inputResponses: { approval: { action: 'decline' } } };
  await modernCall(second.url, 'box_shred', SHRED, no);
  for (const { url } of replicas) await modernCall(url, 'box_shred', SHRED, asked);
  expect(shredded(replicas)).toBe(0);
});
