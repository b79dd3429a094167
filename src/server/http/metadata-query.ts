import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Stackward } from '../../stackward.ts';
import { ERRORS, type ErrorCode } from '../../toolset/errors.ts';
import { replyError, replyJson } from './reply.ts';

const Query = z.looseObject({ select: z.enum(['components', 'links', 'neighbors', 'impact']) });

const STATUS: Partial<Record<ErrorCode, number>> = {
  unauthenticated: 403,
  unknown_tool: 404,
  not_found: 404,
  not_linked: 404,
  target_required: 400,
  invalid_arguments: 400,
  rate_limited: 429,
  too_busy: 503,
  audit_unavailable: 503,
  timeout: 504,
  result_too_large: 413,
};

let queries = 0;

/**
 * `POST /metadata/q`: the stack's metadata by a typed query.
 *
 * It is a call of the tool `stack_<select>` like any other: validated, audited and limited by the pipeline.
 */
export async function answerMetadataQuery(
  stackward: Stackward,
  response: ServerResponse,
  body: unknown,
  principal: string,
): Promise<void> {
  const query = Query.safeParse(body);
  if (!query.success) return replyError(response, 400, 'invalid_arguments', z.prettifyError(query.error));
  const { select, ...args } = query.data;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  queries += 1;
  const id = `metadata-${queries}`;
  const answer = await stackward.call({
    principal,
    id,
    toolName: `stack_${select}`,
    args,
    signal: gone.signal,
  });
  const headers = { 'stackward-call': answer.callId };
  if (!answer.error) return replyJson(response, 200, answer.text, headers);
  const { code, detail } = answer.error;
  const { meaning, mender, retryable } = ERRORS[code];
  const error = { code, message: `${meaning} ${detail}`, mender, retryable };
  replyJson(response, STATUS[code] ?? 500, { error }, headers);
}
