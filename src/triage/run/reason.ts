import { ERRORS, ToolError } from '../../toolset/errors.ts';
import type { Ending } from '../events.ts';

/** The run cannot go on by itself: a human takes it from here. */
export class HandOver extends Error {
  readonly ending: Extract<Ending, 'handed_over' | 'denied'>;
  constructor(reason: string, ending: HandOver['ending'] = 'handed_over') {
    super(reason);
    this.name = 'HandOver';
    this.ending = ending;
  }
}

/** What may be said of an error. A message that is not our own may hold anything, so it is not shown. */
export function sayError(error: unknown): string {
  if (error instanceof HandOver) return error.message;
  if (error instanceof ToolError) return `${error.code}: ${error.detail}`;
  return 'an unexpected failure';
}

/** Whether the same read may succeed a moment later. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ToolError && ERRORS[error.code].retryable;
