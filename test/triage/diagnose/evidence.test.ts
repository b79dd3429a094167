import { expect, test } from 'vitest';
import { diagnose } from '../../../src/triage/diagnose/diagnose.ts';
import type { DiagnoseInput } from '../../../src/triage/diagnose/input.ts';
import { SCENARIOS, syntheticCase } from '../../eval/synthetic.ts';

const cases = SCENARIOS.flatMap((scenario) => [1, 2, 5].map((seed) => syntheticCase(scenario, seed)));

/** All that a sentence may name. */
function words(input: DiagnoseInput) {
  return {
    components: new Set(input.topology.components),
    series: new Set(input.series.map(({ component, metric, stat }) => `${metric} (${stat}) of ${component}`)),
    lines: new Set((input.logs ?? []).map(({ line }) => line)),
    deploys: new Set(
      (input.deploys ?? []).map(({ component, sha, image }) => `${component}|${sha}|${image}`),
    ),
  };
}

test.each(cases)('$id: every claim is grounded in the input', ({ input }) => {
  const { components, series, lines, deploys } = words(input);
  const { candidates } = diagnose(input);
  for (const { component, evidence } of candidates) {
    for (const claim of evidence) {
      expect(claim).toContain(component);
      const measured = /^(.+ of .+) was (\S+) against (\S+) normally, \S+ robust deviations (up|down)/.exec(
        claim,
      );
      const logged = / logged \d+ lines like this where \S+ were expected: (.*)$/.exec(claim);
      const path = /reached along calls: (.*)$/.exec(claim);
      const deployed = / was deployed \d+ min (?:before|into) the incident: (\S+) \((\S+)\)$/.exec(claim);
      if (measured) expect(series).toContain(measured[1]);
      if (measured?.[4] === 'up') expect(Number(measured[2])).toBeGreaterThanOrEqual(Number(measured[3]));
      if (measured?.[4] === 'down') expect(Number(measured[2])).toBeLessThanOrEqual(Number(measured[3]));
      if (logged) expect(lines).toContain(logged[1]);
      if (path) for (const name of path[1]?.split(' -> ') ?? []) expect(components).toContain(name);
      if (deployed) expect(deploys).toContain(`${component}|${deployed[1]}|${deployed[2]}`);
      const isKnown = measured ?? logged ?? path ?? deployed ?? / is the component that alerted$/.exec(claim);
      expect(isKnown, claim).not.toBeNull();
    }
  }
});

test('a series that was not off is not brought up', () => {
  const { input } = syntheticCase('bad deploy', 1);
  const claims = diagnose(input).candidates.flatMap(({ evidence }) => evidence);
  expect(claims.some((claim) => claim.startsWith('latency (avg)'))).toBe(true);
  expect(claims.filter((claim) => claim.startsWith('memory'))).toEqual([]);
});
