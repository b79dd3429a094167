import { type ErrorCode, ToolError } from '../../toolset/errors.ts';

const BY_STATUS: Readonly<Record<number, [ErrorCode, string]>> = {
  401: ['login_failed', 'the service asks for other credentials; check the component’s credentials'],
  403: ['permission_denied', 'the service does not let these credentials do this'],
  404: ['not_found', 'the service knows nothing there'],
  409: ['conflict', 'the service says that its state does not allow this'],
  412: ['conflict', 'the service says that its state does not allow this'],
  429: ['too_busy', 'the service limits how often it is asked; try again later'],
};
const MOST_WORDS = 300;

/** A failure that its owner can mend without being told more than the code of the system's error. */
export function notReached(error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const code = first instanceof Error && 'code' in first ? String(first.code) : 'no connection';
  if (/^HPE_/.test(code))
    return new ToolError('backend_failed', `the answer is not HTTP that can be read (${code})`);
  if (/CERT|SIGNATURE|VERIFY/.test(code))
    return new ToolError(
      'unreachable',
      `the service’s certificate is not trusted (${code}); check its date, its name and ca_file`,
    );
  return new ToolError('unreachable', `the service could not be reached (${code})`, { cause: error });
}

/** What the end of a call's signal means. */
export function aborted({ reason }: AbortSignal): ToolError {
  if (reason instanceof ToolError) return reason;
  const late = reason instanceof Error && reason.name === 'TimeoutError';
  return late
    ? new ToolError('timeout', 'the service did not answer before the deadline')
    : new ToolError('cancelled', 'the call was cancelled while the service worked on it');
}

/** The end of a write whose request may have arrived and whose answer says nothing. */
export const notSure = (cause: ToolError): ToolError =>
  new ToolError(
    'outcome_unknown',
    `${cause.detail}; whether the write happened is not known, so look before doing it again`,
    { cause },
  );

/** Throws for a read's status that says that there is no service behind it, or not for these credentials. */
export function assertReadStatus(status: number): void {
  if (status === 401) throw new ToolError(...(BY_STATUS[401] ?? ['login_failed', '']));
  if (status >= 502 && status <= 504)
    throw new ToolError(
      'backend_failed',
      `the service, or a proxy before it, answered with status ${status}`,
    );
}

/** Throws for a write's status that is not a success. `words` is the text of the answer, for the caller. */
export function assertWritten(status: number, words: string): void {
  if (status >= 200 && status < 300) return;
  const said = words.trim() === '' ? '' : `; it says: ${words.slice(0, MOST_WORDS)}`;
  if (status >= 400 && status < 500 && status !== 408 && status !== 499) {
    const [code, meaning] = BY_STATUS[status] ?? ['query_failed', 'the service refused the request'];
    throw new ToolError(code, `${meaning} (status ${status})${said}`);
  }
  const why =
    status >= 300 && status < 400 ? 'the service redirects, which is not followed' : 'the service failed';
  throw notSure(new ToolError('backend_failed', `${why} (status ${status})`));
}
