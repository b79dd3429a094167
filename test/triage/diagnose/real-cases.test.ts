import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { diagnose } from '../../../src/triage/diagnose/diagnose.ts';
import { readCases } from '../../eval/case-file.ts';
import { healthyCases } from '../../eval/healthy-cases.ts';
import { figuresOf, runCase } from '../../eval/scores.ts';

const folder = readCases(fileURLToPath(new URL('../../fixtures/incidents', import.meta.url)));

test.each(folder.cases)('$id: the culprit is first', ({ input, culprit }) => {
  const { verdict, candidates } = diagnose(input);
  expect(verdict).toBe('incident');
  expect(candidates[0]?.component).toBe(culprit);
});

test('an alert over normal operation is answered with nothing', () => {
  const { specificity } = figuresOf(healthyCases(folder, 30).map(runCase));
  expect(specificity.of).toBeGreaterThan(30);
  expect(specificity.share).toBeGreaterThanOrEqual(0.95);
});

test('the callee that was off as well is said to account for its part', () => {
  const { input } = folder.cases.find(({ id }) => id === 'petshop-low-train-4') ?? folder.cases[0] ?? {};
  if (!input) throw new Error('the fixture is missing');
  expect(diagnose(input).candidates[0]?.evidence.join('\n')).toContain('S3_AWS::S3 accounts for');
});
