import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withEnvFile } from '../../src/cli/env-file.ts';
import { run } from './run.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackward-env-'));
  file = join(folder, 'variables.env');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
const world = (env: Record<string, string>) => ({ env, stdout: sink, stderr: sink });

test('its variables join the environment, which wins', async () => {
  await writeFile(file, '# of the shop\nA=1\nB="two words"\n', { mode: 0o600 });
  const warnings: string[] = [];
  const { env } = await withEnvFile(file, world({ A: 'own' }), (one) => warnings.push(one));
  expect([env, warnings]).toEqual([{ A: 'own', B: 'two words' }, []]);
});

test('one that others may read is told', async () => {
  await writeFile(file, 'A=1\n', { mode: 0o644 });
  const warnings: string[] = [];
  await withEnvFile(file, world({}), (one) => warnings.push(one));
  expect(warnings).toEqual([expect.stringContaining('chmod 600')]);
});

test('without a file the world stays as it is', async () => {
  const own = world({ A: '1' });
  expect(await withEnvFile(undefined, own, () => {})).toBe(own);
});

test('one that is not there, or no file, is refused without waiting', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const [path, why] of [
    [file, 'ENOENT'],
    [folder, 'no regular file'],
    [pipe, 'no regular file'],
  ] as const)
    await expect(withEnvFile(path, world({}), () => {})).rejects.toThrow(why);
});

test('an empty STACKWARD_ variable says nothing', async () => {
  const topology = join(folder, 'topology.yaml');
  await writeFile(topology, 'stack: s\ncomponents: {a: {type: application}}\nlinks: []\n');
  const empty = { STACKWARD_AGENT: '', STACKWARD_DATA: '', STACKWARD_ENV_FILE: '' };
  const { code, out } = await run(['tools'], { ...empty, STACKWARD_TOPOLOGY: topology });
  expect([code, out]).toEqual([0, expect.stringContaining('tools for stack')]);
});
