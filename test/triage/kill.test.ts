import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Alert } from '../../src/triage/backend.ts';
import { openTriage } from '../../src/triage/open-triage.ts';
import { readRun } from '../../src/triage/run/journal.ts';
import { type Cluster, COMMITS, ON, openCluster } from './cluster.ts';
import { badDeploy } from './incident.ts';
import { type StandIn, startPrometheus } from './prometheus-stand-in.ts';

/** Runs in processes of their own that are killed with SIGKILL and taken up by another. */
const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url));
const HOW = ['before', 'torn', 'after'] as const;

let cluster: Cluster;
let prometheus: StandIn;
beforeAll(async () => {
  prometheus = await startPrometheus();
});
afterEach(() => cluster.close());
afterAll(() => prometheus.close());

const isOld = () => cluster.imageOf('orders-api') === `shop/orders-api:${COMMITS.old}`;

/** A cluster to which the bad commit was rolled out, and the alert about it. */
async function breakOne(): Promise<Alert> {
  cluster = await openCluster({ prometheus: prometheus.url });
  return badDeploy(cluster, prometheus, isOld);
}

const start = (alert: Alert, moment: number, how: string): ChildProcess =>
  spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      CHILD,
      cluster.stack.file,
      cluster.stack.dataDir,
      JSON.stringify(alert),
      String(moment),
      how,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...ON } },
  );

async function wasKilled(child: ChildProcess): Promise<boolean> {
  const [code, signal] = await once(child, 'exit');
  if (signal !== 'SIGKILL') expect(code).toBe(0);
  return signal === 'SIGKILL';
}

/** Takes up what was left, as the next process does, and tells how the run ended and how often it wrote. */
async function takeUp() {
  const { stackward } = cluster.stack;
  const tools = await cluster.client();
  const desk = openTriage(stackward, { tools, limits: { windowMs: 40, lookEveryMs: 10 } });
  const [left, ...others] = await desk.resume();
  expect(others).toEqual([]);
  await left?.ended;
  await desk.close();
  const events = await readRun(join(stackward.dataDir, 'triage', 'runs'), left?.run ?? '');
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
  const done = events.filter((event) => event.type === 'done');
  expect(done).toHaveLength(1);
  expect(events.at(-1)).toEqual(done[0]);
  return { ending: done[0]?.ending, writes: cluster.writes().length };
}

test('killed around each line of its journal and taken up, a run has one end and never writes twice', async () => {
  const endings = new Set<unknown>();
  let moment = 1;
  for (; ; moment += 1) {
    const how = HOW[moment % HOW.length] ?? 'before';
    const alert = await breakOne();
    if (!(await wasKilled(start(alert, moment, how)))) break;
    const { ending, writes } = await takeUp();
    expect(ending, `killed ${how} line ${moment}`).toMatch(/^(healed|handed_over|nothing_to_do)$/);
    expect(writes, `killed ${how} line ${moment}`).toBeLessThanOrEqual(1);
    if (ending === 'healed') expect(writes).toBe(1);
    endings.add(ending);
    await cluster.close();
  }
  expect(moment).toBeGreaterThan(20);
  expect(endings).toContain('healed');
}, 900_000);

test('killed in the middle of its write, a run finds it done and does not make it again', async () => {
  const alert = await breakOne();
  const child = start(alert, 0, '');
  // The first PATCH is the dry run; the cluster takes the second, whose answer nobody hears.
  cluster.twin.meanwhile(() => cluster.twin.meanwhile(() => child.kill('SIGKILL')));
  expect(await wasKilled(child)).toBe(true);
  await expect.poll(() => cluster.writes().length).toBe(1);
  expect(await takeUp()).toEqual({ ending: 'healed', writes: 1 });
  expect(isOld()).toBe(true);
}, 120_000);

test('killed just before its write, a run does not make it afterwards, and calls a human', async () => {
  const alert = await breakOne();
  const child = start(alert, 0, '');
  cluster.twin.meanwhile(() => child.kill('SIGKILL'));
  expect(await wasKilled(child)).toBe(true);
  expect(await takeUp()).toEqual({ ending: 'handed_over', writes: 0 });
  expect(isOld()).toBe(false);
}, 120_000);
