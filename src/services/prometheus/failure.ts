import { z } from 'zod';
import { type ErrorCode, ToolError } from '../../toolset/errors.ts';

const MAX_MESSAGE = 500;

/** The error envelope of the HTTP API. @see https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview */
const Failure = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

/** Error types whose text only repeats the request. */
const REPEATS_CALLER: Readonly<Record<string, ErrorCode>> = {
  bad_data: 'query_failed',
  not_found: 'not_found',
};
/** The evaluator's own messages. Thanos and Mimir report under the same type what names their machines. */
const EVALUATION =
  /^(many-to-many matching|found duplicate series|multiple matches for labels|query processing would load too many|vector cannot contain|invalid (destination|source) label|invalid regular expression|exceeded maximum resolution)/;
const OWN_WORDS: Readonly<Record<string, ToolError>> = {
  timeout: new ToolError('timeout', 'Prometheus gave the query up; select fewer series or a shorter time'),
  canceled: new ToolError('cancelled', 'Prometheus cancelled the query'),
};
const BY_STATUS: Readonly<Record<number, [ErrorCode, string]>> = {
  401: ['login_failed', 'the server asks for other credentials; check the component’s credentials'],
  403: ['permission_denied', 'the server does not let these credentials do this'],
  404: ['not_found', 'the server does not have this endpoint; check the component’s url'],
  405: ['not_found', 'the server does not take this request; check the component’s url'],
  413: ['query_failed', 'the server found the query too large'],
  429: ['too_busy', 'the server limits how often it is asked; try again later'],
  504: ['timeout', 'the server, or a proxy before it, gave the query up'],
};

/** What a response that is not a success means. `body` is its text. */
export function failureOf(status: number, body: string): ToolError {
  const own = BY_STATUS[status];
  if (status === 401 || status === 403) return new ToolError(...(own ?? ['login_failed', '']));
  const failure = Failure.safeParse(parseJson(body));
  if (failure.success) return reported(failure.data.errorType, failure.data.error);
  return new ToolError(...(own ?? ['backend_failed', `the server answered with status ${status}`]));
}

function reported(type: string, message: string): ToolError {
  const code = Object.hasOwn(REPEATS_CALLER, type) ? REPEATS_CALLER[type] : undefined;
  if (code) return new ToolError(code, message.slice(0, MAX_MESSAGE));
  if (type === 'execution') return new ToolError('query_failed', evaluationError(message));
  const own = Object.hasOwn(OWN_WORDS, type) ? OWN_WORDS[type] : undefined;
  return new ToolError(
    own?.code ?? 'backend_failed',
    own?.detail ?? 'Prometheus failed while it ran the query',
  );
}

const evaluationError = (message: string): string =>
  EVALUATION.test(message)
    ? message.slice(0, MAX_MESSAGE)
    : 'the query was understood and could not be evaluated; try a part of it or a shorter time';

/** What an exception out of `fetch`, or out of reading its body, means. Throws again what neither of them throws. */
export function transportFailure(error: unknown, signal: AbortSignal): ToolError {
  if (error instanceof ToolError) return error;
  if (signal.aborted) return abortOf(signal.reason);
  if (!(error instanceof TypeError)) throw error;
  const { cause } = error;
  if (cause instanceof Error && cause.message === 'unexpected redirect') {
    return new ToolError(
      'unreachable',
      'the server redirects, which is not followed; set url to the final address',
    );
  }
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
  return new ToolError('unreachable', `the server could not be reached (${code})`, { cause: error });
}

function abortOf(reason: unknown): ToolError {
  if (reason instanceof ToolError) return reason;
  const late = reason instanceof Error && reason.name === 'TimeoutError';
  return late
    ? new ToolError('timeout', 'the server did not answer before the deadline; ask for less')
    : new ToolError('cancelled', 'the call was cancelled while the server worked on it');
}

/** A JSON text's value, undefined if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
