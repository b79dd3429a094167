import { DatabaseError } from 'pg';
import { type ErrorCode, ToolError } from '../../toolset/errors.ts';

/** What a SQLSTATE, or its class of two characters, means to the caller. */
const MEANINGS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  '08': ['unreachable', 'The connection to the server was lost.'],
  '08P01': ['query_failed', 'The params do not fit the statement: give one for each of $1, $2 ....'],
  '25006': ['query_refused', 'The transaction only reads, and the statement wanted to write.'],
  '28': ['login_failed', 'The server refused the component’s user or password.'],
  '3D000': ['not_found', 'The server has no database of that name.'],
  '42501': [
    'permission_denied',
    'The component’s role may not read this; `stackward check` prints the GRANTs.',
  ],
  '53': ['backend_failed', 'The server is out of connections, memory or disk space.'],
  '55P03': ['timeout', 'Somebody else holds a lock on what the query reads.'],
  '57014': ['timeout', 'The server stopped the query at its time limit.'],
  '57P': ['unreachable', 'The server is starting or shutting down, or an administrator ended the session.'],
};
/** Classes whose message only repeats what the caller wrote or computes from it. */
const CALLERS_OWN = new Set(['21', '22', '42', '54']);
const UNREACHABLE = /^E(CONN|HOST|NET|PIPE|TIMEDOUT|AI_)|^ENOTFOUND$/;

/** Turns what the driver threw into a ToolError whose words are safe to show. */
export function toolErrorOf(error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  if (error instanceof DatabaseError) return fromServer(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/CERT|SSL|TLS|self.signed/i.test(code))
    return new ToolError('unreachable', `The server’s certificate was not accepted (${code}).`, {
      cause: error,
    });
  if (UNREACHABLE.test(code))
    return new ToolError('unreachable', `The server could not be reached (${code}).`, { cause: error });
  return new ToolError('unreachable', 'The connection to the server could not be opened or was lost.', {
    cause: error,
  });
}

function fromServer(error: DatabaseError): ToolError {
  const state = error.code ?? '';
  const known = MEANINGS[state] ?? MEANINGS[state.slice(0, 3)] ?? MEANINGS[state.slice(0, 2)];
  if (known) return new ToolError(known[0], `${known[1]} (SQLSTATE ${state})`, { cause: error });
  if (CALLERS_OWN.has(state.slice(0, 2))) {
    const place = error.position ? ` at character ${error.position}` : '';
    return new ToolError('query_failed', `${error.message}${place} (SQLSTATE ${state})`, { cause: error });
  }
  return new ToolError('backend_failed', `The server failed (SQLSTATE ${state || 'unknown'}).`, {
    cause: error,
  });
}
