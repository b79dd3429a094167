import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readTopology } from '../../src/topology/load.ts';
import { typesAtHand } from '../../src/topology/type-source.ts';
import { type TopologyWatch, type WatchOptions, watchTopology } from '../../src/topology/watch.ts';
import { TYPES } from './types.ts';

const text = (stack: string) => `stack: ${stack}\ncomponents: {a: {type: agent}}\n`;

let folder: string;
let path: string;
let told: string[];
let watching: TopologyWatch | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackward-watch-'));
  path = join(folder, 'topology.yaml');
  told = [];
});
afterEach(async () => {
  await watching?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Watches with the poll out of the way, so that what is told came from a notice of the file system. */
async function follow(options: Partial<WatchOptions> = {}): Promise<void> {
  const { graph } = await readTopology(path, typesAtHand(TYPES));
  watching = watchTopology(path, typesAtHand(TYPES), {
    onGraph: (now) => told.push(`graph ${now.stack}`),
    onProblems: (problems) => told.push(`problem ${problems[0]?.line}: ${problems[0]?.message}`),
    pollMs: 3_600_000,
    settleMs: 60,
    ...(graph && { current: graph }),
    ...options,
  });
  await watching.ready;
}
const heard = (...expected: string[]) =>
  vi.waitFor(() => expect(told).toEqual(expected), { timeout: 15_000, interval: 20 });

test('tells an edit, and each state once', async () => {
  await writeFile(path, text('one'));
  await follow();
  await writeFile(path, text('one'));
  await writeFile(path, text('two'));
  await heard('graph two');
  await writeFile(path, text('two'));
  await writeFile(path, text('three'));
  await heard('graph two', 'graph three');
});

test('tells an invalid edit with its line, and the mended one after it', async () => {
  await writeFile(path, text('one'));
  await follow();
  await writeFile(path, text('one').replace('agent', 'agnt'));
  await heard('problem 2: unknown component type "agnt"; did you mean "agent"?');
  await writeFile(path, text('one'));
  await heard('problem 2: unknown component type "agnt"; did you mean "agent"?', 'graph one');
});

test('follows a file that is replaced by renaming another over it, again and again', async () => {
  await writeFile(path, text('one'));
  await follow();
  const expected: string[] = [];
  for (const stack of ['two', 'three', 'four']) {
    await writeFile(`${path}.tmp`, text(stack));
    await rename(`${path}.tmp`, path);
    expected.push(`graph ${stack}`);
    await heard(...expected);
  }
});

test('follows the symbolic links by which Kubernetes swaps a ConfigMap', async () => {
  const swap = async (version: string) => {
    await mkdir(join(folder, `..${version}`));
    await writeFile(join(folder, `..${version}`, 'topology.yaml'), text(version));
    await symlink(`..${version}`, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  await swap('one');
  await symlink('..data/topology.yaml', path);
  await follow();
  await swap('two');
  await heard('graph two');
  await swap('three');
  await heard('graph two', 'graph three');
});

test('passes over a file that is written in pieces', async () => {
  await writeFile(path, text('one'));
  await follow({ settleMs: 300 });
  const whole = text('two');
  for (let end = 4; end <= whole.length; end += 4) await writeFile(path, whole.slice(0, end));
  await writeFile(path, whole);
  await heard('graph two');
});

test('reports a file that is gone and takes it up again when it is back', async () => {
  await writeFile(path, text('one'));
  await follow();
  await unlink(path);
  await heard(expect.stringContaining('no such file') as unknown as string);
  await writeFile(path, text('two'));
  await vi.waitFor(() => expect(told.at(-1)).toBe('graph two'), { timeout: 15_000 });
});

test('without a graph in force tells the present one', async () => {
  await writeFile(path, text('one'));
  watching = watchTopology(path, typesAtHand(TYPES), {
    onGraph: (now) => told.push(now.stack),
    onProblems: () => told.push('problem'),
  });
  await heard('one');
});

test('sees a change without any notice by looking from time to time', async () => {
  await writeFile(path, text('one'));
  const elsewhere = await mkdtemp(join(tmpdir(), 'stackward-watch-'));
  await rm(path);
  await writeFile(join(elsewhere, 'real.yaml'), text('one'));
  await symlink(join(elsewhere, 'real.yaml'), path);
  await follow({ pollMs: 50 });
  await writeFile(join(elsewhere, 'real.yaml'), text('two'));
  await heard('graph two');
  await rm(elsewhere, { recursive: true });
});

test('tells nothing after it was closed', async () => {
  await writeFile(path, text('one'));
  await follow();
  await writeFile(path, text('two'));
  await watching?.close();
  await writeFile(path, text('three'));
  await new Promise((done) => setTimeout(done, 400));
  expect(told).toEqual([]);
});

test('a receiver that throws does not end the watch', async () => {
  await writeFile(path, text('one'));
  await follow({
    onGraph(now) {
      told.push(`graph ${now.stack}`);
      if (now.stack === 'two') throw new Error('cannot serve two');
    },
  });
  await writeFile(path, text('two'));
  await heard('graph two', 'problem 1: the topology is valid and could not be taken: cannot serve two');
  await writeFile(path, text('three'));
  await heard(
    'graph two',
    'problem 1: the topology is valid and could not be taken: cannot serve two',
    'graph three',
  );
});
