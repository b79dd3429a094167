import {
  MongoAPIError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  MongoSystemError,
} from 'mongodb';
import { type ErrorCode, ToolError } from '../../toolset/errors.ts';

/**
 * What the server's error codes mean, in our words: its own quote queries, values and hosts.
 *
 * @see https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
 */
const CODES: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  11: ['login_failed', 'the server does not know the component’s user'],
  13: ['permission_denied', 'the component’s account may not do this; `stackward check` prints its roles'],
  18: ['login_failed', 'the server refused user or password; check the component’s credentials'],
  26: ['not_found', 'the database has no such collection'],
  27: ['not_found', 'the collection has no such index'],
  43: ['backend_failed', 'the server closed the cursor'],
  50: ['timeout', 'the server stopped it at its time limit; ask for less'],
  85: ['conflict', 'an index of that name or key exists with other options'],
  86: ['conflict', 'an index of that name exists with another key'],
  112: ['conflict', 'somebody wrote the same documents at the same time'],
  121: ['query_failed', 'a document does not pass the validation of its collection'],
  166: ['query_failed', 'this server does not support the command on a view'],
  262: ['timeout', 'the server stopped it at its time limit; ask for less'],
  292: ['query_failed', 'it needs more memory than the server allows; filter or limit earlier'],
  334: ['login_failed', 'the server does not take this way of logging in'],
  10334: ['query_failed', 'a document would be larger than 16 MiB'],
  11000: ['conflict', 'a unique index holds one of these values already'],
  16819: ['query_failed', 'a sort needs more memory than the server allows; filter or limit earlier'],
};

/** The member that answered cannot serve: it is no primary, or is starting, stepping down or shutting down. */
const NOT_SERVING: ReadonlySet<number> = new Set([91, 189, 10107, 11600, 11602, 13435, 13436]);

/** What the driver threw, as an error of the catalogue. `isWrite` for a command that may have changed something. */
export function failureOf(error: unknown, signal: AbortSignal, isWrite: boolean): ToolError {
  if (error instanceof MongoServerError) return fromServer(error, isWrite);
  // The driver throws the signal's own reason, which says nothing about what the server did.
  if (isWrite && signal.aborted) return unknown('the call was stopped');
  if (error instanceof ToolError) return error;
  // Nothing was sent where no server was found.
  if (error instanceof MongoServerSelectionError) return unreachable(error);
  if (signal.aborted) return abortOf(signal.reason);
  if (error instanceof MongoNetworkError)
    return isWrite ? unknown('the connection broke') : unreachable(error);
  if (error instanceof MongoAPIError || error instanceof MongoSystemError) return unreachable(error);
  throw error;
}

function fromServer(error: MongoServerError, isWrite: boolean): ToolError {
  const code = typeof error.code === 'number' ? error.code : 0;
  const known = CODES[code];
  if (known) return new ToolError(known[0], `${known[1]} (code ${code})`, { cause: error });
  if (NOT_SERVING.has(code))
    return isWrite && code !== 10107
      ? unknown(`the server stopped serving (code ${code})`)
      : new ToolError('unreachable', `no primary of the deployment answers (code ${code})`, { cause: error });
  // The names of codes are fixed words; a proxy's own could be anything.
  const name = /^[A-Z][A-Za-z0-9]{2,60}$/.test(error.codeName ?? '') ? `, ${error.codeName}` : '';
  return new ToolError('query_failed', `the server rejected it (code ${code}${name})`, { cause: error });
}

/** What the codes of a write's own errors mean; those of the whole command are thrown by the driver. */
export function writeFailureOf(code: number): ToolError {
  const known = CODES[code];
  return known
    ? new ToolError(known[0], `${known[1]} (code ${code})`)
    : new ToolError('query_failed', `the server rejected a document (code ${code})`);
}

export const unknown = (why: string): ToolError =>
  new ToolError('outcome_unknown', `${why} while the server worked on a write; look before doing it again`);

const unreachable = (cause: Error): ToolError =>
  new ToolError('unreachable', 'no host of the component could be reached, or it broke the connection', {
    cause,
  });

function abortOf(reason: unknown): ToolError {
  if (reason instanceof ToolError) return reason;
  const isLate = reason instanceof Error && reason.name === 'TimeoutError';
  return isLate
    ? new ToolError('timeout', 'the server did not answer before the deadline; ask for less')
    : new ToolError('cancelled', 'the call was cancelled; its query was stopped in the server');
}
