import type { Ending, Measured, RunEvent } from './events.ts';
import { wantsToAct } from './gates/quality-gate.ts';
import type { TriageDeps } from './run/deps.ts';
import type { RunJournal } from './run/journal.ts';
import { HandOver, sayError } from './run/reason.ts';
import { openRun, type Run } from './run/run.ts';
import { wasIntended } from './stages/act-once.ts';
import { passActionGate } from './stages/action-gate.ts';
import { type Diagnosed, diagnose } from './stages/diagnose.ts';
import { execute } from './stages/execute.ts';
import { gather } from './stages/gather.ts';
import { notify } from './stages/notify.ts';
import { plan } from './stages/plan.ts';
import { recallRedacted, redact } from './stages/redact.ts';
import { measureNow, resolve, sayMeasured } from './stages/resolve.ts';

export interface RunResult {
  readonly run: string;
  readonly ending: Ending;
  readonly reason: string;
}

interface Outcome {
  readonly ending: Ending;
  readonly reason: string;
  readonly measured?: Measured;
}

/**
 * One run from its alert to its one `done`, or from where an earlier process left it. Each stage takes the type that
 * the one before made; whatever fails ends with a human. Never throws.
 */
export async function runHardened(
  journal: RunJournal,
  deps: TriageDeps,
  signal: AbortSignal = new AbortController().signal,
): Promise<RunResult> {
  const run = openRun(journal, deps, signal);
  const ended = run.events.find((event) => event.type === 'done');
  if (ended) return { run: run.id, ending: ended.ending, reason: ended.reason };
  try {
    return await finish(run, await work(run, journal));
  } catch (error) {
    return await finish(run, await handOver(run, error));
  }
}

async function work(run: Run, journal: RunJournal): Promise<Outcome> {
  await begin(run, journal);
  const redacted = recallRedacted(run) ?? (await redact(run, await gather(run)));
  const diagnosed = await diagnose(run, redacted);
  if (!wantsToAct(diagnosed.diagnosis) || (await isOver(run))) return leaveAlone(run, diagnosed);
  const planned = await plan(run, diagnosed);
  const allowed = await passActionGate(run, planned);
  const executed = await execute(run, allowed);
  await notify(run, { urgent: false, summary: `${executed.acted.detail}; watching whether it heals` });
  const measured = await resolve(run, executed);
  return { ending: 'healed', reason: sayMeasured(measured), measured };
}

/** A run that was left lying too long is not acted on: what was gathered then says little of now. */
async function begin(run: Run, journal: RunJournal): Promise<void> {
  const { alert, deps } = run;
  if (run.events.length === 0)
    await run.emit({
      type: 'step',
      step: 'trigger',
      state: 'finished',
      detail: `${alert.name} of ${alert.component}: ${alert.summary}`,
    });
  const lay = deps.backend.now() - journal.begun;
  if (lay > deps.limits.resumeMs && !wasIntended(run))
    throw new HandOver(`the run was stopped and taken up ${Math.round(lay / 60_000)} minutes after it began`);
}

/** Whether the alert's own measure is back already: then there is nothing left to mend, whatever was diagnosed. */
async function isOver(run: Run): Promise<boolean> {
  // How many pods are ready says little of an alert that names no measure.
  if (run.alert.metric === undefined || wasIntended(run)) return false;
  return (await measureNow(run))?.healthy === true;
}

/** Doing nothing is right only where the alert's own measure agrees. */
async function leaveAlone(run: Run, { diagnosis, signals }: Diagnosed): Promise<Outcome> {
  const { suspected_resource: resource, recommended_action: action, hypothesis } = diagnosis;
  if (resource !== null && signals.protected_resources.includes(resource))
    await run.emit({
      type: 'blocked',
      what: `any change of ${resource}`,
      reasons: [`${resource} is protected: true`],
    });
  if (action === 'escalate') throw new HandOver(hypothesis);
  const measured = await run.step('resolve', () => measureNow(run), sayMeasured);
  if (!measured?.healthy)
    throw new HandOver(
      `no cause was found, and ${measured ? sayMeasured(measured) : 'nothing measures the alert'}`,
    );
  return { ending: 'nothing_to_do', reason: sayMeasured(measured), measured };
}

/** Tells a human. Nothing in here may stop the run from ending. */
async function handOver(run: Run, error: unknown): Promise<Outcome> {
  const reason = sayError(error);
  const ending = error instanceof HandOver ? error.ending : 'handed_over';
  await notify(run, { urgent: true, summary: reason }).catch(() => undefined);
  return { ending, reason };
}

/** The one `done`. Where it cannot be stored it is told all the same: somebody waits for it. */
async function finish(run: Run, outcome: Outcome): Promise<RunResult> {
  const body = { type: 'done', ...outcome } as const;
  try {
    await run.emit(body);
  } catch {
    const seq = run.events.length + 1;
    const at = new Date(run.deps.backend.now()).toISOString();
    const last: RunEvent = { run: run.id, seq, at, diagnoser: run.deps.minds.rules.name, ...body };
    run.deps.tell?.(last);
  }
  return { run: run.id, ending: outcome.ending, reason: outcome.reason };
}
