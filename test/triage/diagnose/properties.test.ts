import { expect, test } from 'vitest';
import { diagnose } from '../../../src/triage/diagnose/diagnose.ts';
import type { DiagnoseInput, Series } from '../../../src/triage/diagnose/input.ts';
import { seeded } from '../../eval/random.ts';
import { SCENARIOS, syntheticCase } from '../../eval/synthetic.ts';

const cases = SCENARIOS.flatMap((scenario) => [3, 8].map((seed) => syntheticCase(scenario, seed)));

/** The values in another order, the same for the same seed. */
function shuffle<T>(values: readonly T[] | undefined, seed: number): T[] {
  const random = seeded(seed);
  return (values ?? [])
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

const scaled = (series: readonly Series[], metric: string, by: number): Series[] =>
  series.map((one) =>
    one.metric === metric ? { ...one, v: one.v.map((value) => (value === null ? null : value * by)) } : one,
  );

test.each(cases)('$id: the order of what comes in changes nothing', ({ input }) => {
  const { topology } = input;
  const other: DiagnoseInput = {
    ...input,
    topology: { components: shuffle(topology.components, 1), links: shuffle(topology.links, 2) },
    series: shuffle(input.series, 3),
    ...(input.baseline && { baseline: shuffle(input.baseline, 4) }),
    logs: shuffle(input.logs, 5),
    deploys: shuffle(input.deploys, 6),
  };
  expect(diagnose(other)).toEqual(diagnose(input));
});

test.each(cases)('$id: the same twice, and the input is left alone', ({ input }) => {
  const before = structuredClone(input);
  expect(diagnose(input)).toEqual(diagnose(input));
  expect(input).toEqual(before);
});

test.each(cases)('$id: the unit of a metric changes nothing', ({ input }) => {
  const plain = diagnose(input);
  for (const metric of ['latency', 'error_rate', 'requests']) {
    const other = diagnose({
      ...input,
      series: scaled(input.series, metric, 1024),
      ...(input.baseline && { baseline: scaled(input.baseline, metric, 1024) }),
    });
    expect(other.verdict).toBe(plain.verdict);
    expect(other.confidence).toBeCloseTo(plain.confidence, 9);
    expect(other.candidates.map(({ component }) => component)).toEqual(
      plain.candidates.map(({ component }) => component),
    );
  }
});

test.each(cases)('$id: a loud component that no link joins does not win', ({ input, culprit }) => {
  const like = input.series.find(({ metric }) => metric === 'latency');
  if (!like) throw new Error('no latency');
  const loud = (v: number[]): Series => ({ ...like, component: 'stranger', v });
  const onset = input.alert.at - 45;
  const other = diagnose({
    ...input,
    topology: { ...input.topology, components: [...input.topology.components, 'stranger'] },
    series: [...input.series, loud(like.t.map((t, at) => (t < onset ? 1 + (at % 3) / 100 : 1e6)))],
    ...(input.baseline && { baseline: [...input.baseline, loud(like.t.map((_, at) => 1 + (at % 3) / 100))] }),
  });
  expect(other.candidates[0]?.component).not.toBe('stranger');
  if (culprit === null) expect(other.verdict).toBe(diagnose(input).verdict);
});

test('whatever is missing, there is an answer with a confidence from 0 to 1', () => {
  const random = seeded(7);
  const pick = <T>(values: readonly T[] | undefined): T[] => (values ?? []).filter(() => random() < 0.4);
  for (let round = 0; round < 150; round += 1) {
    const { input } = cases[round % cases.length] ?? {};
    if (!input) continue;
    const short = (one: Series): Series => {
      const length = Math.floor(random() ** 3 * one.t.length);
      const odd = [null, 0, -1, 1e308, Number.NaN, Number.POSITIVE_INFINITY];
      const v = one.v
        .slice(0, length)
        .map((value) => (random() < 0.4 ? (odd[Math.floor(random() * odd.length)] ?? null) : value));
      return { ...one, t: one.t.slice(0, length), v };
    };
    const answer = diagnose({
      topology: { components: pick(input.topology.components), links: pick(input.topology.links) },
      alert: random() < 0.2 ? { component: 'nobody', at: 0 } : input.alert,
      series: pick(input.series).map(short),
      ...(random() < 0.5 && { baseline: pick(input.baseline).map(short) }),
      logs: pick(input.logs),
      deploys: pick(input.deploys),
    });
    expect(answer.confidence).toBeGreaterThanOrEqual(0);
    expect(answer.confidence).toBeLessThanOrEqual(1);
    for (const { score } of answer.candidates) expect(score).not.toBeNaN();
  }
});

test('of nothing, nothing can be said', () => {
  const answer = diagnose({
    topology: { components: ['web'], links: [] },
    alert: { component: 'web', at: 1_700_000_000 },
    series: [],
  });
  expect(answer).toMatchObject({ verdict: 'unknown', confidence: 0, candidates: [] });
});
