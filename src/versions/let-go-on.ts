import { ToolError } from '../toolset/errors.ts';
import { runStep, type StepDeps } from './apply-step.ts';
import type { Journal } from './journal.ts';
import { versionsAfter } from './plan-rollback.ts';
import { standingPauses } from './reconcilers.ts';

/**
 * Lets everything that a rollback held still go on as before, newest first: each pause is a write, and is taken back
 * as one. What was let go by then is not touched. Throws ToolError naming what could not be.
 */
export async function letGoOn(journal: Journal, deps: StepDeps, signal: AbortSignal): Promise<Journal> {
  const standing = standingPauses(journal, await versionsAfter(deps.versions, journal.snapshot));
  for (const { number, change } of standing) {
    const ended = await runStep({ of: number, how: 'revert' }, { isResumed: false, journal }, deps, signal);
    if (ended.result === 'failed')
      throw new ToolError(
        'conflict',
        `${change?.tool} of version ${number} on ${change?.target} could not be taken back: ${ended.detail}; what came before it stays held`,
      );
  }
  return {
    ...journal,
    steps: journal.steps.map((step) => ({
      ...step,
      ...(step.pauses
        ? {
            pauses: step.pauses.map((pause) => ({
              ...pause,
              ...(pause.held === 'waiting' ? {} : { held: 'resumed' as const }),
            })),
          }
        : {}),
    })),
  };
}
