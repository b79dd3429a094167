import type { Check } from '../../audit/record.ts';
import type { Verdict } from '../events.ts';

/** Asks each question and takes them together: passed when all are. Throwing counts as no. */
export function verdictOf(
  questions: readonly { readonly name: string; ask(): Omit<Check, 'rule'> }[],
): Verdict {
  const checks = questions.map(({ name, ask }): Check => {
    try {
      return { rule: name, ...ask() };
    } catch {
      return { rule: name, passed: false, reason: 'the rule could not be checked, which counts as no' };
    }
  });
  return {
    passed: checks.every(({ passed }) => passed),
    checks,
    reasons: checks.filter(({ passed }) => !passed).map(({ reason }) => reason),
  };
}
