import { expect, test } from 'vitest';
import { sparkline } from '../../../src/cli/demo/heal-line.ts';
import type { EventBody, RunEvent } from '../../../src/triage/events.ts';

const events = (...bodies: EventBody[]): RunEvent[] =>
  bodies.map((body, at) => ({
    run: 'i-1',
    seq: at + 1,
    at: '2026-03-03T10:00:00.000Z',
    diagnoser: 'rules',
    ...body,
  }));
const measured = (value: number) => ({
  component: 'a',
  metric: 'error_rate',
  value,
  baseline: 0,
  healthy: value === 0,
});
const gather = (points: readonly (readonly [number, number | null])[]): EventBody => ({
  type: 'step',
  step: 'gather',
  state: 'finished',
  detail: '',
  data: {
    series: { component: 'a', metric: 'error_rate', points: points.map(([at, value]) => [at, value]) },
  },
});
const look = (value: number): EventBody => ({
  type: 'step',
  step: 'resolve',
  state: 'progress',
  detail: '',
  data: { measured: measured(value) },
});
const done = (value: number): EventBody => ({
  type: 'done',
  ending: 'healed',
  reason: '',
  measured: measured(value),
});

test('draws what was measured before, in and at the end of a run', () =>
  expect(
    sparkline(
      events(
        gather([
          [1, 0],
          [2, null],
          [3, 0.4],
        ]),
        look(0.2),
        done(0),
      ),
    ),
  ).toBe('error_rate: ▁█▅▁ 0.4 -> 0'));

test('stays low where nothing is wrong, and says nothing where nothing was measured', () => {
  expect(sparkline(events(gather([[1, 0]]), done(0)))).toBe('error_rate: ▁▁ 0 -> 0');
  expect(sparkline(events(done(0)))).toBeUndefined();
  expect(sparkline(events(gather([[1, 0]])))).toBeUndefined();
});
