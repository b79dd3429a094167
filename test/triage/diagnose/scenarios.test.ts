import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/triage/diagnose/diagnose.ts';
import { type Scenario, syntheticCase } from '../../eval/synthetic.ts';

const seeds = Array.from({ length: 12 }, (_, seed) => seed);
const answers = (scenario: Scenario) =>
  seeds.map((seed) => {
    const { culprit, input } = syntheticCase(scenario, seed);
    return { culprit, input, answer: diagnose(input) };
  });

describe.each<Scenario>([
  'bad deploy',
  'dependency down',
  'resource hog',
  'alert storm',
  'missing data',
  'constant series',
  'no baseline',
])('%s', (scenario) => {
  test('the culprit is first, and surely', () => {
    for (const { culprit, answer } of answers(scenario)) {
      expect(answer.verdict).toBe('incident');
      expect(answer.candidates[0]?.component).toBe(culprit);
      expect(answer.confidence).toBeGreaterThan(0.5);
    }
  });

  test('the way to it begins at what alerted and follows links', () => {
    for (const { culprit, input, answer } of answers(scenario)) {
      const path = answer.candidates[0]?.path ?? [];
      expect(path[0]).toBe('web');
      expect(path.at(-1)).toBe(culprit);
      for (const [at, to] of path.slice(1).entries())
        expect(input.topology.links).toContainEqual({ from: path[at], to });
    }
  });
});

test('bad deploy: the deploy of the culprit is named, not the herring and not the old one', () => {
  for (const { answer } of answers('bad deploy')) {
    expect(answer.candidates[0]?.deploy?.sha).toBe('bad0001');
    const onTheWay = new Set(answer.candidates[0]?.path);
    for (const { component, deploy } of answer.candidates.slice(1))
      if (!onTheWay.has(component)) expect(deploy).toBeNull();
  }
});

test('without a deploy of its own, no deploy is blamed for the culprit', () => {
  for (const { answer } of answers('dependency down')) expect(answer.candidates[0]?.deploy).toBeNull();
});

test('healthy: the answer is nothing', () => {
  const many = Array.from({ length: 40 }, (_, seed) => diagnose(syntheticCase('healthy', seed).input));
  const nothing = many.filter(({ verdict }) => verdict === 'nothing');
  expect(nothing.length).toBeGreaterThanOrEqual(38);
  for (const { evidence } of nothing) expect(evidence.join()).toContain('series with something to compare');
});

test('two culprits: both are in front, and less sure than one', () => {
  const mean = (all: { confidence: number }[]) =>
    all.reduce((sum, { confidence }) => sum + confidence, 0) / all.length;
  const two = answers('two culprits');
  for (const { culprit, answer } of two) {
    const [first, second] = answer.candidates;
    expect([first?.component, second?.component]).toContain(culprit);
  }
  expect(mean(two.map(({ answer }) => answer))).toBeLessThan(
    mean(answers('bad deploy').map(({ answer }) => answer)) - 0.15,
  );
});
