import type { Diagnosis } from '../contracts.ts';
import type { Verdict } from '../events.ts';
import { checkGrounds, checkJudgement, checkWitness } from '../gates/quality-gate.ts';
import type { Diagnoser } from '../run/deps.ts';
import { sayError } from '../run/reason.ts';
import type { Run } from '../run/run.ts';
import { within } from '../run/within.ts';
import type { Redacted } from './redact.ts';

interface Question extends Redacted {
  readonly diagnosis: Diagnosis;
  readonly mind: Diagnoser;
  readonly attempt: number;
}

/** Grounds first, then the second witness, then the judge; each is asked only where the one before let it through. */
export async function passQualityGate(run: Run, question: Question): Promise<Verdict> {
  const { mind, attempt } = question;
  const verdict = await firstRefusal([
    async () => checkGrounds({ ...question, cites: mind.cites }),
    () => askWitness(run, question),
    () => askJudge(run, question),
  ]);
  await run.emit({ type: 'gate', gate: 'quality', attempt, verdict });
  return verdict;
}

async function firstRefusal(looks: readonly (() => Promise<Verdict>)[]): Promise<Verdict> {
  const checks: Verdict['checks'] = [];
  for (const look of looks) {
    const { passed, checks: more, reasons } = await look();
    checks.push(...more);
    if (!passed) return { passed, checks, reasons };
  }
  return { passed: true, checks, reasons: [] };
}

/** The rules cannot witness for themselves, and whoever cannot be asked has not agreed. */
async function askWitness(run: Run, { mind, diagnosis, signals }: Question): Promise<Verdict> {
  const { rules } = run.deps.minds;
  if (mind === rules) return noted('a second witness', 'the rules diagnosed alone: no model is asked');
  return asked('the rules see the same', run, async (signal) =>
    checkWitness(diagnosis, await rules.diagnose(signals, run.asking(signal))),
  );
}

async function askJudge(run: Run, { mind, diagnosis, signals }: Question): Promise<Verdict> {
  const { judge, rules } = run.deps.minds;
  if (!judge) return noted('an independent judge', 'the topology draws no model to judge');
  if (mind === rules) return noted('an independent judge', 'the rules cite nothing but what they measured');
  return asked('the judge agrees', run, async (signal) =>
    checkJudgement(
      diagnosis,
      await judge.judge({ signals, evidence: diagnosis.evidence }, run.asking(signal)),
    ),
  );
}

const noted = (rule: string, reason: string): Verdict => ({
  passed: true,
  checks: [{ rule, passed: true, reason }],
  reasons: [],
});

async function asked(
  rule: string,
  run: Run,
  look: (signal: AbortSignal) => Promise<Verdict>,
): Promise<Verdict> {
  try {
    return await within(run.deps.limits.modelMs, run.signal, look);
  } catch (error) {
    const reason = `could not be asked (${sayError(error)}), which counts as no`;
    return { passed: false, checks: [{ rule, passed: false, reason }], reasons: [`${rule}: ${reason}`] };
  }
}
