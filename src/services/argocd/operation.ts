import { setTimeout } from 'node:timers/promises';
import { ToolError } from '../../toolset/errors.ts';
import { abortFailure } from '../../toolset/http/failure.ts';
import type { Application, OperationState } from './api.ts';
import type { ScopedApplication } from './scope.ts';
import type { Writing } from './tool.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;
/** How much of a call's time may pass before it says how far the operation is, and ends. */
const SHARE = 0.8;

/** Until when a call that begins now may wait for Argo CD, as `Date.now()` counts. */
export const waitingEnd = ({ limits }: Pick<Writing, 'limits'>): number =>
  Date.now() + limits.deadlineMs * SHARE;

/** Whether an operation waits to be started, or runs. */
export const isBusy = ({ operation, status }: Application): boolean =>
  !!operation || isGoing(status.operationState?.phase);

const isGoing = (phase: string | undefined): boolean => phase === 'Running' || phase === 'Terminating';

/** Throws ToolError('conflict') for an application on which nothing can be started now. */
export function refuseBusy(application: Application): void {
  if (application.metadata.deletionTimestamp)
    throw new ToolError('conflict', 'the application is being deleted; nothing was started');
  if (isBusy(application))
    throw new ToolError(
      'conflict',
      'another operation is in progress on the application; nothing was started, so try again once it has ended',
    );
}

export interface Awaited {
  readonly of: ScopedApplication;
  /** `Date.now()` when to stop waiting. */
  readonly until: number;
  /** Whether an operation is the one that was started. */
  isOurs(state: OperationState): boolean;
}

/**
 * Waits for an operation that was started, and gives its end; undefined when the time is over before it ends.
 * Throws ToolError('conflict') when another operation has begun since: Argo CD remembers the last one alone.
 */
export async function awaitOperation(
  { client, signal, session }: Pick<Writing, 'client' | 'signal' | 'session'>,
  { of, until, isOurs }: Awaited,
): Promise<OperationState | undefined> {
  for (let turn = 1, pause = FIRST_PAUSE_MS; ; turn += 1, pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const application = await client.application(of, signal);
    const state = application.status.operationState;
    if (state && !isBusy(application)) {
      if (isOurs(state)) return state;
      throw new ToolError('conflict', 'another operation ran since, so how this one ended is not known');
    }
    if (Date.now() + pause > until) return undefined;
    const done = state?.syncResult?.resources?.length ?? 0;
    // A client that takes no progress is no reason to give the operation up.
    await session
      ?.progress(turn, undefined, `${state?.phase ?? 'Waiting'}: ${done} resources`)
      .catch(() => {});
    await setTimeout(pause, undefined, { signal }).catch(() => {
      throw abortFailure(signal);
    });
  }
}
