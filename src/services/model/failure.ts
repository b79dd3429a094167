import { APICallError } from 'ai';
import { ToolError } from '../../toolset/errors.ts';

/** A wait that a provider asks for is kept within this. Milliseconds. */
const MOST_WAIT_MS = 20_000;

/** A failed question: the error that callers see, and how long the provider asks to wait before another. */
export class ModelFailure extends Error {
  readonly error: ToolError;
  readonly retryAfterMs: number | undefined;
  readonly isPassing: boolean;
  constructor(error: ToolError, isPassing: boolean, retryAfterMs?: number) {
    super(error.message);
    this.error = error;
    this.isPassing = isPassing;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Maps what the client library throws. Its messages may repeat the prompt or the key's end, so none is passed on. */
export function toFailure(error: unknown, signal: AbortSignal): ModelFailure {
  if (error instanceof ToolError) return new ModelFailure(error, false);
  if (signal.aborted)
    return new ModelFailure(new ToolError('timeout', 'the model did not answer in time'), false);
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new ModelFailure(new ToolError('timeout', 'the model did not answer in time'), true);
  const status = APICallError.isInstance(error) ? error.statusCode : undefined;
  if (status === undefined || !APICallError.isInstance(error))
    return new ModelFailure(
      new ToolError(
        'unreachable',
        'the model could not be reached, or answered in a form that is none of its API',
      ),
      true,
    );
  if (status === 401 || status === 403)
    return new ModelFailure(new ToolError('login_failed', 'the provider refused the api_key'), false);
  if (status === 429)
    return new ModelFailure(
      new ToolError('rate_limited', 'the provider limits how often it is asked'),
      true,
      waitOf(error.responseHeaders?.['retry-after']),
    );
  return new ModelFailure(
    new ToolError('backend_failed', `the provider answered with status ${status}`),
    status >= 500,
    waitOf(error.responseHeaders?.['retry-after']),
  );
}

/** Seconds, or an HTTP date (RFC 9110, 10.2.3). */
function waitOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,6}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), MOST_WAIT_MS) : undefined;
}
