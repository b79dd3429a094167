import { z } from 'zod';
import { secret, setting } from '../../toolset/define.ts';
import { BaseUrl, HttpCredentials } from '../../toolset/http/connection.ts';
import { checkProvider } from '../../toolset/provider-fields.ts';

export const PROVIDERS = ['github', 'jira', 'webhook'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

// A comma would be two labels in GitHub's lists, and a quote would end one in JQL.
const Label = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9 ._:/-]{0,48}[A-Za-z0-9])?$/,
    'a label has letters, digits, spaces and ._:/- only',
  );

/** The fields of a topology component that say where its tickets are. */
export const TicketConnection = z
  .strictObject({
    provider: z.enum(PROVIDERS),
    url: setting(BaseUrl)
      .optional()
      .describe(
        'github: https://api.github.com if absent; jira: its base URL; webhook: where events are posted',
      ),
    credentials: HttpCredentials.optional().describe(
      'github: a token; jira: a token, or user and password or API token; webhook: either, if any',
    ),
    repository: z
      .string()
      .regex(/^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/, 'write OWNER/NAME')
      .optional()
      .describe('github: OWNER/NAME'),
    project: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]{1,49}$/, 'write the key of a Jira project, such as SHOP')
      .optional()
      .describe('jira: key of the project'),
    issue_type: z.string().min(1).max(60).optional().describe('jira: name of the issue type of new tickets'),
    edition: z.enum(['cloud', 'server']).optional().describe('jira: server is also Data Center'),
    label: Label.default('stackward').describe(
      'Every ticket that Stackward opens has it, and only tickets that have it can be reached',
    ),
    labels: z.array(Label).max(50).optional().describe('Further labels that ticket_open may set'),
    signing_secret: secret().optional().describe('webhook: signs every event with HMAC-SHA256'),
  })
  .superRefine(
    checkProvider({
      github: { needs: ['credentials', 'repository'], takes: ['url', 'label', 'labels'] },
      jira: {
        needs: ['url', 'credentials', 'project', 'issue_type', 'edition'],
        takes: ['label', 'labels'],
      },
      webhook: { needs: ['url'], takes: ['credentials', 'label', 'labels', 'signing_secret'] },
    }),
  )
  .superRefine(({ provider, credentials, label, labels = [] }, context) => {
    if (provider === 'github' && credentials && !('token' in credentials))
      context.addIssue({ code: 'custom', path: ['credentials'], message: 'provider github takes a token' });
    if (provider === 'jira' && [label, ...labels].some((one) => one.includes(' ')))
      context.addIssue({ code: 'custom', path: ['labels'], message: 'a label of Jira has no spaces' });
  });
export type TicketConnection = z.output<typeof TicketConnection>;
