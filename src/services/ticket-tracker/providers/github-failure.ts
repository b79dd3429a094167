import { ToolError } from '../../../toolset/errors.ts';
import type { HttpApi } from '../../../toolset/http/client.ts';

/** What a refusal of GitHub means. @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api */
export const githubFailure: NonNullable<HttpApi['failureOf']> = (status) => {
  if (status === 404)
    return new ToolError('not_found', 'GitHub shows no such ticket or repository to the component’s token');
  if (status === 410)
    return new ToolError('not_found', 'the ticket was deleted, or the repository has issues turned off');
  return undefined;
};

/** GitHub answers with 403 both to what a token may not do and to what it does too often. */
export const isGitHubLimit = (body: string): boolean => /\brate limit\b/i.test(body.slice(0, 2000));
