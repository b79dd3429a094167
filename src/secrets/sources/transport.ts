/** How long one request to a secret store may take, in milliseconds. */
export const DEADLINE_MS = 10_000;

/** Ends with the caller's signal or at the deadline, whichever comes first. */
export const deadline = (signal: AbortSignal | undefined): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(DEADLINE_MS), ...(signal ? [signal] : [])]);

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether credentials may travel to this address: over TLS, or without leaving the machine. */
export const isSafeToSend = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));

/** Why a request brought no answer, in words that hold nothing of the request or the answer. */
export function whyNoAnswer(error: unknown, signal: AbortSignal | undefined): string {
  if (signal?.aborted) return 'was not read because the call ended first';
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return `was not read: no answer within ${DEADLINE_MS / 1000} seconds`;
  }
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return `was not read: the connection failed${code}`;
}
