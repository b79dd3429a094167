import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import type { HttpApi } from '../../../toolset/http/client.ts';
import { parseJson } from '../../../toolset/http/failure.ts';

const Refused = z.object({ errors: z.record(z.string(), z.unknown()).default({}) });

/** What a refusal of Jira means. Of its words only names of fields are shown, never what they say of values. */
export const jiraFailure: NonNullable<HttpApi['failureOf']> = (status, body) => {
  if (status === 404)
    return new ToolError('not_found', 'Jira shows no such ticket or project to the component’s account');
  if (status !== 400) return undefined;
  const refused = Refused.safeParse(parseJson(body));
  const fields = Object.keys(refused.data?.errors ?? {}).filter((name) => /^\w{1,60}$/.test(name));
  const which = fields.length > 0 ? ` in the fields ${fields.slice(0, 10).join(', ')}` : '';
  return new ToolError(
    'query_failed',
    `Jira found the request wrong${which}; check project and issue_type, and the fields that they require`,
  );
};
