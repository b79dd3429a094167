import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { parseJson } from '../../toolset/http/failure.ts';

const MAX_MESSAGE = 500;

/** The API's own words: a JSON string, or the object of its request validation. */
const Reported = z.union([
  z.string(),
  z.object({ code: z.number(), message: z.string() }).transform(({ message }) => message),
]);

/** What the API's own error means; undefined for a body that is not its own. */
export function failureOf(status: number, body: string): ToolError | undefined {
  const reported = Reported.safeParse(parseJson(body));
  if (!reported.success) return undefined;
  const message = reported.data.slice(0, MAX_MESSAGE);
  // Both statuses are the request's validation, whose words only repeat the request.
  if (status === 400 || status === 422) return new ToolError('query_failed', message);
  // 0.25 answers so where later versions answer 404.
  if (status === 500 && message === 'silence not found')
    return new ToolError('not_found', 'there is no such silence any more');
  return undefined;
}
