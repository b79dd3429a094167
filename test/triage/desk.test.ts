import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDesk } from '../../src/triage/desk.ts';
import { openRunJournals } from '../../src/triage/run/journal.ts';
import { openMockLab } from './lab.ts';

const ended = async (dir: string) => (await readdir(join(dir, 'open'))).length === 0;

test('an alert has one run while it is open, and a new one afterwards', async () => {
  const lab = await openMockLab('bad-deploy');
  const desk = openDesk(lab.dir, () => lab.deps);
  const { alert } = lab.backend.scenario;
  const [first, second] = await Promise.all([desk.open(alert), desk.open({ ...alert, at: alert.at })]);
  expect(first.run).toBe(second.run);
  await Promise.all([first.ended, second.ended]);
  await expect.poll(() => ended(lab.dir)).toBe(true);
  const third = await desk.open(alert);
  expect(third).toMatchObject({ joined: false });
  expect(third.run).not.toBe(first.run);
  await third.ended;
});

/** Makes what a process leaves that is gone: a claim of a process that does not run, and perhaps a journal. */
async function leave(withJournal: boolean) {
  const lab = await openMockLab('bad-deploy');
  const { alert } = lab.backend.scenario;
  const waiting = openDesk(lab.dir, () => ({
    ...lab.deps,
    backend: { ...lab.backend, gather: () => new Promise<never>(() => {}) },
  }));
  const { run } = await waiting.open(alert);
  const [name = ''] = await readdir(join(lab.dir, 'open'));
  const file = join(lab.dir, 'open', name);
  const claim = JSON.parse(await readFile(file, 'utf8'));
  const next = await openMockLab('bad-deploy');
  openDesk(next.dir, () => next.deps);
  const stale = { ...claim, process: { ...claim.process, pid: 2 ** 22 - 1, start: '1' } };
  await writeFile(join(next.dir, 'open', name), JSON.stringify(stale));
  if (withJournal) {
    const journal = await openRunJournals(join(next.dir, 'runs')).begin(run, alert, next.backend.now());
    await journal.close();
  }
  return { next, run, alert };
}

test.each([
  ['with its journal', true],
  ['before its journal was begun', false],
])('a run that a process left behind %s is taken up under its own name', async (_name, withJournal) => {
  const { next, run } = await leave(withJournal);
  const desk = openDesk(next.dir, () => next.deps);
  const [taken, ...others] = await desk.resume();
  expect(others).toEqual([]);
  expect(taken?.run).toBe(run);
  expect(await taken?.ended).toMatchObject({ run, ending: 'healed' });
  expect(await desk.resume()).toEqual([]);
});

test('a run that lay for too long is handed over, and nothing is written', async () => {
  const { next } = await leave(true);
  await next.backend.pause(20 * 60_000, new AbortController().signal);
  const [taken] = await openDesk(next.dir, () => next.deps).resume();
  expect(await taken?.ended).toMatchObject({ ending: 'handed_over' });
  expect(next.backend.written).toEqual([]);
});

test('a desk that closes ends its runs with a human', async () => {
  const lab = await openMockLab('bad-deploy');
  const told: string[] = [];
  const desk = openDesk(lab.dir, () => ({
    ...lab.deps,
    notifier: {
      tell: async ({ summary }) => {
        told.push(summary);
        return ['paged'];
      },
    },
    backend: { ...lab.backend, gather: () => new Promise<never>(() => {}) },
  }));
  const { ended: end } = await desk.open(lab.backend.scenario.alert);
  await desk.close();
  expect(await end).toMatchObject({ ending: 'handed_over' });
  expect(told).toHaveLength(1);
  expect(lab.backend.written).toEqual([]);
});
