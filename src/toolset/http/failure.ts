import { type ErrorCode, ToolError } from '../errors.ts';

const BY_STATUS: Readonly<Record<number, [ErrorCode, string]>> = {
  400: ['query_failed', 'the server found the request wrong'],
  401: ['login_failed', 'the server asks for other credentials; check the component’s credentials'],
  403: ['permission_denied', 'the server does not let these credentials do this'],
  404: ['not_found', 'the server does not have this endpoint; check the component’s url'],
  405: ['not_found', 'the server does not take this request; check the component’s url'],
  409: ['conflict', 'the server says that what the request names is in another state'],
  412: ['conflict', 'the server says that what the request names has changed'],
  413: ['query_failed', 'the server found the request too large'],
  422: ['query_failed', 'the server found the request wrong'],
  429: ['too_busy', 'the server limits how often it is asked; try again later'],
  504: ['timeout', 'the server, or a proxy before it, gave the request up'],
};

/** Codes of a connection that never came about, so that no byte of the request can have arrived. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/;

/** What a status that is not a success means when the body says nothing better. */
export const statusFailure = (status: number): ToolError =>
  new ToolError(...(BY_STATUS[status] ?? ['backend_failed', `the server answered with status ${status}`]));

/** What an exception out of `fetch`, or out of reading its body, means. Throws again what neither of them throws. */
export function transportFailure(error: unknown, signal: AbortSignal): ToolError {
  if (error instanceof ToolError) return error;
  if (signal.aborted) return abortFailure(signal);
  if (!(error instanceof TypeError)) throw error;
  if (isRedirect(error)) {
    return new ToolError(
      'unreachable',
      'the server redirects, which is not followed; set url to the final address',
      { cause: error },
    );
  }
  const code = codeOf(error) ?? 'no connection';
  return new ToolError('unreachable', `the server could not be reached (${code})`, { cause: error });
}

/** What the end of a call's signal means. */
export function abortFailure({ reason }: AbortSignal): ToolError {
  if (reason instanceof ToolError) return reason;
  const late = reason instanceof Error && reason.name === 'TimeoutError';
  return late
    ? new ToolError('timeout', 'the server did not answer before the deadline; ask for less')
    : new ToolError('cancelled', 'the call was cancelled while the server worked on it');
}

/** Whether an exception out of `fetch` proves that the request never left. */
export const wasNeverSent = (error: unknown): boolean =>
  error instanceof TypeError && NEVER_SENT.test(codeOf(error) ?? '');

/** The error of a write whose request may have arrived and whose answer says nothing. */
export const unknownOutcome = (cause: ToolError): ToolError =>
  new ToolError(
    'outcome_unknown',
    `${cause.detail}; whether the write happened is not known, so look before doing it again`,
    { cause },
  );

/** Whether a request failed because its answer was a redirect. */
export const wasRedirected = (error: unknown): boolean =>
  error instanceof ToolError && error.cause instanceof TypeError && isRedirect(error.cause);

const isRedirect = ({ cause }: Error): boolean =>
  cause instanceof Error && cause.message === 'unexpected redirect';

function codeOf({ cause }: Error): string | undefined {
  // Several addresses of one host that all fail come as one error with the code of each.
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error && 'code' in first ? String(first.code) : undefined;
}

/** A JSON text's value, undefined if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
