import { z } from 'zod';
import { type ErrorCode, ToolError } from '../../toolset/errors.ts';
import { parseJson } from '../../toolset/http/failure.ts';

const MAX_MESSAGE = 500;

/** Loki answers an error in plain text; the gateways of some versions wrap it in JSON. */
const Wrapped = z.object({ message: z.string() }).or(z.object({ error: z.string() }));

/** Messages that repeat the query, or a limit that it broke, and name nothing else. */
const SHOWN =
  /^(parse error|queries require at least one|log queries are not supported as an instant query|only label matchers are supported|max entries limit per query exceeded|maximum (of|number of) series|the query time range exceeds the limit|query would read too many bytes|the query would read too many bytes|query too large to execute|exceeded maximum resolution|\[interval\] value exceeds limit|zero or negative query resolution|end timestamp must not be before)/;
/** Its text holds the labels of a series; the kind of the error is one word. */
const PIPELINE = /^pipeline error: '(\w{1,60})'/;
const BY_STATUS: Readonly<Record<number, [ErrorCode, string]>> = {
  400: ['query_failed', 'Loki found the query wrong; try a part of it'],
  499: ['cancelled', 'Loki saw the request cancelled'],
  500: ['backend_failed', 'Loki failed while it ran the query; a shorter time or narrower selector may help'],
};

/** What an error of the API means; undefined where the status says it better. */
export function failureOf(status: number, body: string): ToolError | undefined {
  const message = messageOf(body);
  if (SHOWN.test(message)) return new ToolError('query_failed', message.slice(0, MAX_MESSAGE));
  const kind = PIPELINE.exec(message)?.[1];
  if (kind !== undefined) {
    return new ToolError(
      'query_failed',
      `some lines could not be processed (${kind}); put | __error__="" behind the parser or unwrap to skip them`,
    );
  }
  const known = BY_STATUS[status];
  return known ? new ToolError(...known) : undefined;
}

function messageOf(body: string): string {
  const wrapped = Wrapped.safeParse(parseJson(body));
  if (!wrapped.success) return body.trim();
  return ('message' in wrapped.data ? wrapped.data.message : wrapped.data.error).trim();
}
