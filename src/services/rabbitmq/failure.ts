import { z } from 'zod';
import { type ErrorCode, ToolError } from '../../toolset/errors.ts';

/** The error envelope of the management API. */
const Failure = z.object({ reason: z.string() });

/** What the broker's reasons mean, in our words: its own could quote what the link does not reach. */
const REASONS: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/inequivalent arg/i, 'conflict', 'it exists already with other settings; nothing was changed'],
  [/not empty/i, 'conflict', 'the queue holds messages; nothing was changed'],
  [
    / in use/i,
    'conflict',
    'it is in use: a queue by consumers, an exchange by its bindings; nothing was changed',
  ],
  [
    /RESOURCE_LOCKED|exclusive/i,
    'conflict',
    'the queue belongs to one connection alone; nothing was changed',
  ],
  [/NOT_FOUND|no (queue|exchange)/i, 'not_found', 'the virtual host has no such queue or exchange'],
  [
    /Validation failed/i,
    'query_failed',
    'the broker does not know one of the settings, or not this value of it',
  ],
  [/ACCESS_REFUSED|refused/i, 'permission_denied', 'the broker does not let the component’s account do this'],
];
const BY_STATUS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  401: [
    'permission_denied',
    'the broker does not let the component’s account do this; check its tags and permissions',
  ],
  403: [
    'permission_denied',
    'the broker does not let the component’s account do this; check its tags and permissions',
  ],
  404: ['not_found', 'the broker has no such virtual host, queue, exchange, binding or policy'],
  405: ['not_found', 'the server does not take this request; check the component’s url'],
  429: ['too_busy', 'the server limits how often it is asked; try again later'],
};

/** What a response that is not a success means. `body` is its text; `isWrite` if it may have changed something. */
export function failureOf(status: number, body: string, isWrite: boolean): ToolError {
  const parsed = Failure.safeParse(parseJson(body));
  const reason = parsed.success ? parsed.data.reason : '';
  if (status === 401 && /login failed/i.test(reason))
    return new ToolError(
      'login_failed',
      'the broker refused user or password; check the component’s credentials',
    );
  const known = status === 400 ? REASONS.find(([pattern]) => pattern.test(reason)) : undefined;
  if (known) return new ToolError(known[1], known[2]);
  const own = BY_STATUS[status];
  if (own) return new ToolError(...own);
  if (status >= 400 && status < 500)
    return new ToolError('query_failed', `the broker rejected the call with status ${status}`);
  return isWrite
    ? new ToolError(
        'outcome_unknown',
        `the broker answered a write with status ${status}; look before doing it again`,
      )
    : new ToolError('backend_failed', `the broker answered with status ${status}`);
}

/** Codes with which no byte of the request reached the broker. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What an exception out of `fetch`, or out of reading its body, means. Throws again what neither of them throws. */
export function transportFailure(error: unknown, signal: AbortSignal, isWrite: boolean): ToolError {
  if (error instanceof ToolError) return error;
  if (signal.aborted) return isWrite ? unknownOutcome('the call was stopped') : abortOf(signal.reason);
  if (!(error instanceof TypeError)) throw error;
  const { cause } = error;
  if (cause instanceof Error && cause.message === 'unexpected redirect')
    return new ToolError(
      'unreachable',
      'the server redirects, which is not followed; set url to the final address',
    );
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
  if (isWrite && !NOT_SENT.has(code)) return unknownOutcome(`the connection broke (${code})`);
  return new ToolError('unreachable', `the broker could not be reached (${code})`, { cause: error });
}

const unknownOutcome = (why: string) =>
  new ToolError('outcome_unknown', `${why} while the broker worked on a write; look before doing it again`);

function abortOf(reason: unknown): ToolError {
  if (reason instanceof ToolError) return reason;
  const isLate = reason instanceof Error && reason.name === 'TimeoutError';
  return isLate
    ? new ToolError('timeout', 'the broker did not answer before the deadline; ask for less')
    : new ToolError('cancelled', 'the call was cancelled while the broker worked on it');
}

/** A JSON text's value, undefined if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
