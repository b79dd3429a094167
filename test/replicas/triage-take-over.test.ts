import { afterEach, describe, expect, test } from 'vitest';
import { openTriageReplicas } from './triage-lab.ts';

type Lab = Awaited<ReturnType<typeof openTriageReplicas>>;
/** Calls back once, at a moment of the run. */
type Moment = (then: () => void) => void;

let lab: Lab;
afterEach(() => lab.close());

/** When Prometheus is asked for the n-th time. */
const atQuestion =
  (n: number): Moment =>
  (then) => {
    const { measure } = lab.prometheus;
    let isDue = true;
    lab.prometheus.measure = (at) => {
      if (isDue && lab.prometheus.asked.length === n) {
        isDue = false;
        then();
      }
      return measure(at);
    };
  };
/** When the cluster is asked for a change: the first time it tries it alone, the second is the write. */
const atPatch =
  (n: 1 | 2): Moment =>
  (then) =>
    lab.cluster.twin.meanwhile(n === 1 ? then : () => lab.cluster.twin.meanwhile(then));

/** How the run ends when its replica stops there, and how often the cluster was changed. */
const MOMENTS = [
  ['while it gathers', atQuestion(1), 'healed', 1],
  ['after it diagnosed', atQuestion(2), 'healed', 1],
  ['just before its write', atPatch(1), 'handed_over', 0],
  ['in the middle of its write', atPatch(2), 'healed', 1],
  ['while it watches the heal', atQuestion(3), 'healed', 1],
] as const;

/** The run of the alert, once `a` was stopped at a moment of it. */
async function runStoppedAt(moment: Moment, stop: () => void): Promise<string> {
  const stopped = new Promise<void>((resolve) => {
    moment(() => {
      stop();
      resolve();
    });
  });
  const run = await lab.a.alert();
  await stopped;
  return run;
}

async function assertOneEnd(run: string, writes: number) {
  const events = await lab.events(run);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter(({ type }) => type === 'done')).toEqual([events.at(-1)]);
  expect(lab.cluster.writes()).toHaveLength(writes);
  expect(lab.isOld()).toBe(writes === 1);
}

describe.each(MOMENTS)('%s', (_when, moment, ending, writes) => {
  test('a replica is paused past its lease; once it is resumed it does nothing more', {
    timeout: 120_000,
  }, async () => {
    lab = await openTriageReplicas();
    const { a, b } = lab;
    const run = await runStoppedAt(moment, a.pause);
    await lab.letLeasesEnd();
    expect(await b.alert()).toBe(run);
    expect(await b.ended()).toMatchObject({ ending });
    const told = await lab.events(run);
    a.resume();
    expect(await a.ended()).toMatchObject({ reason: expect.stringMatching(/stood still/) });
    expect(await lab.events(run)).toEqual(told);
    await assertOneEnd(run, writes);
    await expect.poll(lab.audit, { timeout: 30_000 }).toEqual({ ok: true, open: 0 });
  });

  test('a replica is killed, and another takes its run up', { timeout: 120_000 }, async () => {
    lab = await openTriageReplicas();
    const { a, b } = lab;
    const run = await runStoppedAt(moment, a.kill);
    await lab.letLeasesEnd();
    expect(await b.alert()).toBe(run);
    expect(await b.ended()).toMatchObject({ ending });
    await assertOneEnd(run, writes);
  });
});

test('what a killed replica left open in the audit is ended by another', { timeout: 120_000 }, async () => {
  lab = await openTriageReplicas();
  await runStoppedAt(atPatch(2), lab.a.kill);
  expect(await lab.audit()).toMatchObject({ ok: true, open: 1 });
  await expect.poll(lab.audit, { timeout: 90_000, interval: 1_000 }).toEqual({ ok: true, open: 0 });
});

test('a replica that stands still in its write for as long as a lease lasts is replaced without hands', {
  timeout: 180_000,
}, async () => {
  lab = await openTriageReplicas();
  const run = await runStoppedAt(atPatch(1), lab.a.pause);
  const ends = async () => (await lab.events(run)).filter(({ type }) => type === 'done');
  await expect.poll(ends, { timeout: 90_000, interval: 500 }).toMatchObject([{ ending: 'handed_over' }]);
  lab.a.resume();
  expect(await lab.a.ended()).toMatchObject({ reason: expect.stringMatching(/stood still/) });
  await assertOneEnd(run, 0);
});
