import { ToolError } from '../../toolset/errors.ts';
import { sayAction } from '../action.ts';
import { decideAction } from '../gates/action-gate.ts';
import { HandOver } from '../run/reason.ts';
import type { Run } from '../run/run.ts';
import { within } from '../run/within.ts';
import { wasIntended } from './act-once.ts';
import { type Planned, revisionsOf } from './plan.ts';

/** An action that passed our own rules and was recorded where the server's gate looks it up. The server still decides. */
export interface Allowed extends Planned {
  readonly recorded: true;
}

/** Asks our own rules, then records the diagnosis for the server's gate. */
export async function passActionGate(run: Run, planned: Planned): Promise<Allowed> {
  if (wasIntended(run)) return { ...planned, recorded: true };
  const { action, diagnosis, signals } = planned;
  const revisions = await revisionsOf(run, action.service);
  const verdict = decideAction({
    action,
    diagnosis,
    services: signals.services,
    protectedResources: signals.protected_resources,
    revisions,
  });
  await run.emit({ type: 'gate', gate: 'action', attempt: 1, verdict });
  if (!verdict.passed) throw await refusal(run, planned, verdict.reasons);
  try {
    await within(run.deps.limits.stepMs, run.signal, (signal) =>
      run.deps.backend.record({ run: run.id, alert: run.alert, diagnosis, action }, signal),
    );
  } catch (error) {
    // Another process keeps diagnoses, and did not come to the same.
    if (error instanceof ToolError && error.code === 'write_refused')
      throw await refusal(run, planned, [error.detail]);
    throw error;
  }
  return { ...planned, recorded: true };
}

async function refusal(run: Run, { action }: Planned, reasons: readonly string[]): Promise<HandOver> {
  await run.emit({ type: 'blocked', what: sayAction(action), reasons: [...reasons] });
  return new HandOver(`the gate refused to ${sayAction(action)}: ${reasons.join('; ')}`, 'denied');
}
