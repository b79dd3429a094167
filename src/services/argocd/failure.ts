import { z } from 'zod';
import { type ErrorCode, ToolError } from '../../toolset/errors.ts';
import { parseJson } from '../../toolset/http/failure.ts';

/** The error of the API: a gRPC code with a message. @see https://grpc.io/docs/guides/status-codes/ */
const Reported = z.object({ code: z.number(), message: z.string() });
const NOT_FOUND = 5;

/** What the server's messages mean, in our words: its own could quote repositories, clusters and credentials. */
const MESSAGES: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [
    /another operation is already in progress/,
    'conflict',
    'another operation is in progress on the application; nothing was started',
  ],
  [
    /rollback cannot be initiated when auto-sync/,
    'conflict',
    'auto-sync is on, so Argo CD takes no rollback; nothing was started',
  ],
  [
    /auto-sync currently set to/,
    'conflict',
    'auto-sync is on, so Argo CD deploys the target revision alone; nothing was started',
  ],
  [/application is deleting/, 'conflict', 'the application is being deleted; nothing was started'],
  [/does not have deployment with id/, 'not_found', 'the application has no such history entry any more'],
  [
    /cannot rollback to revision deployed with/,
    'conflict',
    'the history entry is too old to be rolled back to',
  ],
  [
    /unable to resolve|error resolving repo revision/,
    'query_failed',
    'Argo CD cannot resolve the revision in the repository',
  ],
];

/** What a body that came with an error status means; undefined where it is not one of the API. */
export function failureOf(status: number, body: string): ToolError | undefined {
  const reported = Reported.safeParse(parseJson(body));
  if (!reported.success) return undefined;
  const { code, message } = reported.data;
  const known = MESSAGES.find(([pattern]) => pattern.test(message));
  if (known) return new ToolError(known[1], known[2]);
  if (status === 404 && code === NOT_FOUND)
    return new ToolError('not_found', 'the project has no such application; ask argocd_list_applications');
  return undefined;
}
