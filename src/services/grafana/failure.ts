import { z } from 'zod';
import { type ErrorCode, ToolError } from '../../toolset/errors.ts';
import { parseJson } from '../../toolset/http/failure.ts';

/** Grafana's envelope of an error, the answer of a failed query, and that of a data source that is not well. */
const Reported = z.object({
  message: z.string().optional(),
  status: z.union([z.string(), z.number()]).optional(),
  results: z.record(z.string(), z.unknown()).optional(),
});

/** Why a dashboard could not be saved. @see https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/ */
const BY_WORD: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  'version-mismatch': [
    'conflict',
    'somebody saved the dashboard since; look at it again and give its present version',
  ],
  'name-exists': ['conflict', 'the folder has another dashboard with this title'],
  'plugin-dashboard': ['conflict', 'the dashboard belongs to a plugin and is changed with it'],
};

export const PROVISIONED =
  'the dashboard is provisioned from a file and cannot be saved; change it where it comes from';
/** The same for what is not there and for what the link does not reach, so that neither can be told from it. */
export const NOTHING = 'Grafana has nothing of that uid or number within the link';
export const NO_ANNOTATION = 'Grafana has no annotation of that number any more';
export const UNHEALTHY = 'the data source says that it is not well';

/**
 * What Grafana's own error means; undefined for a body that is not its own. Its words are never passed on: they
 * may quote a data source's address, or a dashboard that the link does not reach.
 */
export function failureOf(status: number, body: string): ToolError | undefined {
  const parsed = Reported.safeParse(parseJson(body));
  if (!parsed.success) return undefined;
  const { message = '', status: word, results } = parsed.data;
  // What broke inside says nothing of what was done before.
  if (status >= 500) return undefined;
  if (results) return new ToolError('query_failed', 'the data source could not run the query');
  if (status === 400 && word === 'ERROR') return new ToolError('query_failed', UNHEALTHY);
  if (status === 412 && typeof word === 'string' && Object.hasOwn(BY_WORD, word)) {
    const known = BY_WORD[word];
    if (known) return new ToolError(...known);
  }
  if (status === 400 && /provisioned dashboard/i.test(message)) return new ToolError('conflict', PROVISIONED);
  // In Grafana's own words alone: a gateway's 404 does not tell that something is gone.
  if (status === 404 && message === 'Annotation not found') return new ToolError('not_found', NO_ANNOTATION);
  if (status === 404) return new ToolError('not_found', NOTHING);
  return undefined;
}
