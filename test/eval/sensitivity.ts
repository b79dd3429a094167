import { PARAMETERS } from '../../src/triage/diagnose/parameters.ts';
import type { EvalCase } from './case-file.ts';
import { type Outcome, runCase, type Share, shareOf } from './scores.ts';

/** All cases under one setting of the parameters. */
interface Trial {
  readonly setting: string;
  readonly outcomes: readonly Outcome[];
}

/**
 * Runs all cases once as it is, and once for each parameter halved and doubled. The parameters are put back.
 */
export function trials(cases: readonly EvalCase[]): Trial[] {
  const run = (setting: string): Trial => ({ setting, outcomes: cases.map(runCase) });
  const asItIs = run('as it is');
  const changed = Object.entries(PARAMETERS).flatMap(([name, value]) =>
    [0.5, 2].map((factor) => {
      const other = bounded(name, value * factor);
      Object.assign(PARAMETERS, { [name]: other });
      try {
        return run(`${name} ${Number(other.toPrecision(3))}`);
      } finally {
        Object.assign(PARAMETERS, { [name]: value });
      }
    }),
  );
  return [asItIs, ...changed];
}

/** Shares and quantiles stay what they are: below one. */
const SHARES = new Set([
  'sustained',
  'quietHop',
  'crossKind',
  'upstream',
  'unlinked',
  'guard',
  'mostFromText',
  'mostExplained',
  'mostWithRival',
]);
const bounded = (name: string, value: number): number => (SHARES.has(name) ? Math.min(0.95, value) : value);

/**
 * How often the answer is right for cases that had no say in the choice of the setting: the setting that is best on
 * the other groups (as it is, where none is better) answers each group.
 */
export function crossValidated(all: readonly Trial[], groupOf: (outcome: Outcome) => string): Share {
  const [asItIs] = all;
  if (!asItIs) return shareOf([]);
  const groups = [...new Set(asItIs.outcomes.map(groupOf))];
  const right = groups.flatMap((group) => {
    const score = ({ outcomes }: Trial) => balanced(outcomes.filter((outcome) => groupOf(outcome) !== group));
    const best = all.reduce((most, one) => (score(one) > score(most) ? one : most), asItIs);
    return best.outcomes.filter((outcome) => groupOf(outcome) === group && outcome.culprit !== null);
  });
  return shareOf(right.map(({ isRight }) => isRight));
}

/** The mean of the share of right answers on incidents and on healthy cases, so that the many do not outvote the few. */
export function balanced(outcomes: readonly Outcome[]): number {
  const shares = [true, false]
    .map((isHealthy) => outcomes.filter(({ culprit }) => (culprit === null) === isHealthy))
    .filter(({ length }) => length > 0)
    .map((some) => some.filter(({ isRight }) => isRight).length / some.length);
  return shares.reduce((sum, one) => sum + one, 0) / shares.length;
}
