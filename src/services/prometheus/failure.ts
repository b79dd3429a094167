import { z } from 'zod';
import { type ErrorCode, ToolError } from '../../toolset/errors.ts';
import { parseJson } from '../../toolset/http/failure.ts';

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

/** What the API's own error envelope means; undefined for a body that is none. */
export function failureOf(_status: number, body: string): ToolError | undefined {
  const failure = Failure.safeParse(parseJson(body));
  return failure.success ? reported(failure.data.errorType, failure.data.error) : undefined;
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
