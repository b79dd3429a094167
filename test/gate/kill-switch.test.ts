import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../cli/run.ts';
import { gateOn } from '../harness/gate-files.ts';
import { openFixtureStack } from '../server/stackward.ts';

const WHO = { by: 'ann', reason: 'an incident' };

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'stackward-switch-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test('writes are open until it is thrown, and it says who did and why', async () => {
  const dir = folder();
  expect(await gateOn(dir).killSwitch.read()).toEqual({ on: false });
  await gateOn(dir).killSwitch.set(true, WHO);
  expect(await gateOn(dir).killSwitch.read()).toMatchObject({ on: true, ...WHO });
  await gateOn(dir).killSwitch.set(false, { by: 'bob', reason: 'over' });
  expect(await gateOn(dir).killSwitch.read()).toMatchObject({ on: false, by: 'bob', reason: 'over' });
  expect(readdirSync(dir).filter((name) => name.startsWith('kill'))).toEqual(['kill-switch.json']);
});

test.each([
  ['empty', ''],
  ['cut', '{"on":false,"by":"a'],
  ['another value', '{"on":"false","by":"a","reason":"b","at":"2026-01-01T00:00:00.000Z"}'],
  ['no state', '{}'],
  ['one more field', '{"on":false,"by":"a","reason":"b","at":"2026-01-01T00:00:00.000Z","x":1}'],
])('a file that is %s cannot be read, and is not taken for off', async (_name, text) => {
  const dir = folder();
  writeFileSync(join(dir, 'kill-switch.json'), text);
  await expect(gateOn(dir).killSwitch.read()).rejects.toThrow(/kill switch/);
});

test('a folder in its place, or a data directory that is gone, is not off', async () => {
  const dir = folder();
  mkdirSync(join(dir, 'kill-switch.json'));
  await expect(gateOn(dir).killSwitch.read()).rejects.toThrow(/cannot be read/);
  const { killSwitch } = gateOn(join(dir, 'gone'));
  expect(await killSwitch.read()).toEqual({ on: false });
  rmSync(join(dir, 'gone'), { recursive: true });
  await expect(killSwitch.read()).rejects.toThrow(/cannot be read/);
});

test.skipIf(process.getuid?.() === 0)('a file that may not be read is not off', async () => {
  const dir = folder();
  await gateOn(dir).killSwitch.set(false, WHO);
  chmodSync(join(dir, 'kill-switch.json'), 0);
  await expect(gateOn(dir).killSwitch.read()).rejects.toThrow(/cannot be read/);
});

test('the command stops writes of a running stack and opens them again, each with its record', async () => {
  const stack = await openFixtureStack();
  onTestFinished(() => stack.close());
  // The command knows the product's own services alone, so it works on a topology of its own in the same data directory.
  const file = join(folder(), 'topology.yaml');
  writeFileSync(file, 'stack: fixture\ncomponents:\n  helper: {type: agent}\n');
  const on = (...args: string[]) => run(['kill-switch', ...args, '-t', file, '-d', stack.dataDir]);
  const put = async () => (await stack.call('box_put', { target: 'store/a', key: 'k', value: 'v' })).isError;

  expect((await on('status')).out).toMatch(/never thrown/);
  expect((await on('on')).err).toMatch(/--reason/);
  expect((await on('sideways', '--reason', 'x')).code).toBe(2);
  expect(await put()).not.toBe(true);
  expect((await on('on', '--reason', 'an incident', '--by', 'ann')).out).toMatch(/on: nobody writes; by ann/);
  expect(await put()).toBe(true);
  expect((await on('off', '--reason', 'over', '--by', 'bob')).code).toBe(0);
  expect(await put()).not.toBe(true);
  expect((await run(['audit', 'query', '--json', '-d', stack.dataDir])).out).toMatch(/kill_switch/);
});

test('writes are stopped even where the topology does not hold', async () => {
  const dir = folder();
  const file = join(dir, 'topology.yaml');
  writeFileSync(file, 'stack: [');
  const { code } = await run(['kill-switch', 'on', '--reason', 'x', '-t', file, '-d', join(dir, 'data')]);
  expect(code).not.toBe(0);
  expect(await gateOn(join(dir, 'data')).killSwitch.read()).toMatchObject({ on: true, reason: 'x' });
});
