import { DatabaseError } from 'pg';
import { type ErrorCode, ToolError } from '../../../toolset/errors.ts';
import { toolErrorOf } from '../errors.ts';

/** What a SQLSTATE, or its class of two characters, means to a write; the others mean what they do to a read. */
const MEANINGS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  '25006': ['permission_denied', 'The server takes no writes: it is a standby or read-only.'],
  '40': ['conflict', 'Somebody else changed the same rows meanwhile; look at them again.'],
  '42501': [
    'permission_denied',
    'The component’s role may not write this; `stackward check` prints the GRANTs.',
  ],
  '55P03': ['conflict', 'Somebody else holds a lock on the rows; try again later.'],
  '57014': ['timeout', 'The write took longer than its time limit.'],
};

/** Turns what was thrown before a COMMIT into a ToolError. Nothing of the write remains. */
export function writeFailure(error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  if (!(error instanceof DatabaseError)) return toolErrorOf(error);
  const code = error.code ?? '';
  const [means, sentence] = MEANINGS[code] ?? MEANINGS[code.slice(0, 2)] ?? [];
  if (means) return new ToolError(means, `${sentence} Nothing has changed.`, { cause: error });
  // The server's own words may name tables that the link does not reach, and its details other rows' values.
  if (isViolation(error))
    return new ToolError(
      'query_failed',
      `The write violates ${error.constraint ? `the constraint ${error.constraint}` : `NOT NULL of ${error.column}`}. Nothing has changed.`,
      { cause: error },
    );
  return toolErrorOf(error);
}

/** Whether a constraint of the table stood in the way. */
export const isViolation = (error: unknown): error is DatabaseError =>
  error instanceof DatabaseError && error.code?.startsWith('23') === true;
