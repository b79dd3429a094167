import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SCENARIOS } from '../../src/triage/mock/scenarios/index.ts';
import { run } from './run.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'triage-cli-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const events = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('--list-scenarios names every script', async () => {
  const { code, out } = await run(['triage', '--list-scenarios', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(out).scenarios.map(({ name }: { name: string }) => name)).toEqual(
    SCENARIOS.map(({ name }) => name),
  );
});

test.each([
  ['bad-deploy', 0, 'healed'],
  ['healthy', 0, 'nothing_to_do'],
  ['two-culprits', 1, 'handed_over'],
])('--scenario %s ends with exit code %i', async (name, code, ending) => {
  const ran = await run(['triage', '--scenario', name, '--json']);
  expect(ran.code).toBe(code);
  expect(events(ran.out).at(-1)).toMatchObject({ type: 'done', ending });
});

test('--naive shows the harm, and runs on the mock alone', async () => {
  const ran = await run(['triage', '--scenario', 'poisoned-logs', '--naive', '--json']);
  expect(ran.code).toBe(1);
  expect(events(ran.out).at(-1)).toMatchObject({ type: 'done', ending: 'harmed' });
  expect(await run(['triage', '--naive', '--alert', 'x.json'])).toMatchObject({ code: 2 });
});

test('what cannot be is wrong usage', async () => {
  expect(await run(['triage'])).toMatchObject({ code: 2 });
  const unknown = await run(['triage', '--scenario', 'nope']);
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain('bad-deploy');
});

test('--alert wants an agent that is held to a diagnosis', async () => {
  const topology = join(dir, 'topology.yaml');
  const alert = join(dir, 'alert.json');
  const words = { name: 'Down', component: 'api', summary: 'it is down', at: '2026-03-03T10:00:00Z' };
  await writeFile(alert, JSON.stringify(words));
  const drawn = (agent: string) =>
    `stack: s\ncomponents:\n  api: {type: application}\n  bot: {type: agent${agent}}\nlinks: []\n`;
  await writeFile(topology, drawn(''));
  const refused = await run(['triage', '--alert', alert, '-t', topology]);
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.err).toContain('requires: diagnosis');
  await writeFile(topology, drawn(', requires: diagnosis'));
  const ran = await run(['triage', '--alert', alert, '-t', topology, '--json', '--follow']);
  expect(ran.code).toBe(1);
  expect(events(ran.out).filter(({ type }) => type === 'done')).toMatchObject([{ ending: 'handed_over' }]);
  await writeFile(alert, JSON.stringify({ ...words, component: 'ghost' }));
  expect(await run(['triage', '--alert', alert, '-t', topology])).toMatchObject({ code: 2 });
});
