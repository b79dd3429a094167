import { DatabaseError } from 'pg';
import { type ErrorCode, ToolError } from '../../../toolset/errors.ts';

/** SQLSTATE, or its class of two characters, to the code it means here. */
const CODES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  '28': ['login_failed', 'the server refused the login'],
  '42501': ['permission_denied', 'the role may not do this at the server'],
  '40': [
    'conflict',
    'somebody else changed the same rows meanwhile; nothing has changed, look at them again',
  ],
  '55P03': ['conflict', 'somebody else holds a lock on the rows; nothing has changed, try again later'],
  '57014': ['timeout', 'the write took longer than the deadline and was rolled back'],
  '25006': ['permission_denied', 'the server takes no writes: it is a standby or read-only'],
  '53': ['backend_failed', 'the server is out of connections, memory or disk'],
  '57': ['backend_failed', 'the server ended the session; the write was rolled back'],
  '58': ['backend_failed', 'the server failed'],
  XX: ['backend_failed', 'the server failed'],
};

/** Turns what the driver threw before a COMMIT into a ToolError. Nothing of the write remains. */
export function writeFailure(error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  if (!(error instanceof DatabaseError))
    return new ToolError('unreachable', 'the connection to the server failed; nothing has changed', {
      cause: error,
    });
  const code = error.code ?? '';
  const [means, sentence] = CODES[code] ?? CODES[code.slice(0, 2)] ?? [];
  if (means && sentence) return new ToolError(means, sentence, { cause: error });
  // The primary message repeats the caller's words; `detail` could hold other rows' values and is left out.
  return new ToolError('query_failed', `${error.message} (SQLSTATE ${code}); nothing has changed`, {
    cause: error,
  });
}
