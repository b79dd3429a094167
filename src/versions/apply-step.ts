import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../call/answer.ts';
import type { Pipeline } from '../call/pipeline.ts';
import type { CallRequest } from '../call/stages.ts';
import type { Lease } from '../store/leases.ts';
import { ToolError } from '../toolset/errors.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import type { Journal, JournalPause, JournalStep } from './journal.ts';
import { undoOf } from './undo-of.ts';
import type { Versions } from './versions.ts';

export interface StepDeps {
  readonly versions: Versions;
  readonly run: Pipeline;
  /** The place for a rollback; a call changes nothing without it. */
  readonly lease: Lease;
  /** How long a call waits before it asks again when the write rate is used up, in milliseconds. */
  readonly waitMs?: number;
}

/** How a step ended. */
export type Ended = Pick<JournalStep, 'result' | 'detail' | 'call'>;

type Whose = Pick<Journal, 'id' | 'principal'>;

/** Takes one write back, or makes it again. Never throws: what went wrong is the result. */
export async function runStep(
  step: Pick<JournalStep, 'of' | 'how'>,
  { isResumed, journal }: { isResumed: boolean; journal: Whose },
  deps: StepDeps,
  signal: AbortSignal,
): Promise<Ended> {
  try {
    const version = await deps.versions.files.read(step.of);
    const { change } = version;
    if (!change) throw new ToolError('internal', `version ${step.of} was made by no write`);
    const found = await undoOf(version, step, deps.versions);
    const undo = { ...found, isResumed: isResumed || found.isResumed === true };
    const args = { ...(change.args as object), target: change.target };
    const answer = await callPatiently({ toolName: change.tool, args, undo }, step.of, {
      journal,
      deps,
      signal,
    });
    return endOf(answer, step, isResumed);
  } catch (error) {
    return { result: 'failed', detail: detailOf(error) };
  }
}

/** Holds one reconciler still. Gives why it could not. */
export async function holdStill(
  { tool, args, name }: JournalPause,
  { of, target }: Pick<JournalStep, 'of' | 'target'>,
  { journal, deps, signal }: { journal: Whose; deps: StepDeps; signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const call = { toolName: tool, args: { ...args, target }, isPause: true } as const;
    const answer = await callPatiently(call, of, { journal, deps, signal });
    if (answer.outcome === 'ok') return undefined;
    return `${name} could not be held still: ${answer.error?.detail ?? answer.text}`;
  } catch (error) {
    return `${name} could not be held still: ${detailOf(error)}`;
  }
}

const detailOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'it failed for an unknown reason';

/** Makes one call of a rollback, again and again while only the write rate is against it. */
async function callPatiently(
  call: Pick<CallRequest, 'toolName' | 'args' | 'undo' | 'isPause'>,
  of: number,
  { journal, deps, signal }: { journal: Whose; deps: StepDeps; signal: AbortSignal },
): Promise<Answer> {
  const principal = journal.principal === STACK_PRINCIPAL ? undefined : journal.principal;
  for (;;) {
    const own = { principal, id: `${journal.id}/${of}`, via: journal.id, lease: deps.lease };
    const answer = await deps.run({ ...call, ...own, signal });
    const isRate =
      answer.error?.code === 'write_refused' && answer.refusedRules?.join() === 'within write rate';
    if (!isRate) return answer;
    await sleep(deps.waitMs ?? 5_000, undefined, { signal });
  }
}

function endOf(answer: Answer, step: Pick<JournalStep, 'how'>, isResumed: boolean): Ended {
  const call = answer.callId;
  if (answer.outcome === 'ok') {
    const result =
      step.how === 'redo' || answer.structured?.result !== 'restored' ? 'restored_unverified' : 'restored';
    return { result, call };
  }
  const isThereAlready = answer.error?.code === (step.how === 'redo' ? 'conflict' : 'not_found');
  if (isThereAlready && isResumed)
    return {
      result: 'restored_unverified',
      call,
      detail: 'an earlier try was cut off, and what it touches is no longer as it was before: taken as done',
    };
  return { result: 'failed', call, detail: answer.error?.detail ?? answer.text };
}
