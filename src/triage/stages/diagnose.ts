import { Diagnosis } from '../contracts.ts';
import type { Diagnoser } from '../run/deps.ts';
import { HandOver, sayError } from '../run/reason.ts';
import type { Run } from '../run/run.ts';
import { within } from '../run/within.ts';
import { passQualityGate } from './quality-gate.ts';
import type { Redacted } from './redact.ts';

const KEPT = 'diagnosis';

/** A diagnosis that the quality gate let through. */
export interface Diagnosed extends Redacted {
  readonly diagnosis: Diagnosis;
}

/**
 * Asks the models one after another, each stronger than the one before, until the quality gate lets a diagnosis
 * through. A model that cannot be reached is followed by the next, and at last by the rules; one whose diagnosis did
 * not hold is followed by a stronger one, and then by a human.
 */
export async function diagnose(run: Run, redacted: Redacted): Promise<Diagnosed> {
  const known = run.recall(KEPT, Diagnosis);
  if (known) return { ...redacted, diagnosis: known };
  const { models, rules } = run.deps.minds;
  let refused: readonly string[] = [];
  for (const [at, mind] of [...models, rules].entries()) {
    // What a model got wrong is not for the rules to overrule: they were the witness against it.
    if (refused.length > 0 && mind === rules) break;
    run.diagnosedBy(mind.name);
    const next = models[at + 1] ?? rules;
    const found = await ask(run, mind, redacted).catch((error: unknown) =>
      turnTo(run, { mind, next, error }),
    );
    if (!found) continue;
    const verdict = await passQualityGate(run, { mind, attempt: at + 1, diagnosis: found, ...redacted });
    if (verdict.passed) {
      await run.keep(KEPT, found);
      return { ...redacted, diagnosis: found };
    }
    refused = verdict.reasons;
    if (next !== rules && mind !== rules)
      await run.emit({
        type: 'fallback',
        step: 'quality_gate',
        from: mind.name,
        to: next.name,
        why: refused.join('; '),
      });
  }
  await run.emit({ type: 'blocked', what: 'the diagnosis', reasons: [...refused] });
  throw new HandOver(`the diagnosis did not hold: ${refused.join('; ')}`);
}

const ask = (run: Run, mind: Diagnoser, { signals }: Redacted): Promise<Diagnosis> =>
  run.step(
    'diagnose',
    async () =>
      Diagnosis.parse(
        await within(timeOf(run, mind), run.signal, (signal) => mind.diagnose(signals, run.asking(signal))),
      ),
    (diagnosis) => ({ detail: diagnosis.hypothesis, data: { diagnosis } }),
  );

const timeOf = ({ deps: { limits, minds } }: Run, mind: Diagnoser): number =>
  mind === minds.rules ? limits.stepMs : limits.modelMs;

/** Goes on with the next mind; after the last there is only a human. */
async function turnTo(
  run: Run,
  { mind, next, error }: { mind: Diagnoser; next: Diagnoser; error: unknown },
): Promise<undefined> {
  if (run.signal.aborted) throw error;
  if (mind === next) throw new HandOver(`no diagnosis could be made: ${sayError(error)}`);
  await run.emit({
    type: 'fallback',
    step: 'diagnose',
    from: mind.name,
    to: next.name,
    why: sayError(error),
  });
}
