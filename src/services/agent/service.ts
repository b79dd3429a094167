import { z } from 'zod';
import { AgentIdentity } from '../../toolset/agent-identity.ts';
import { defineService } from '../../toolset/define.ts';

/** An AI agent that calls this server as a principal. It yields no tools: its links say which tools it sees. */
export const agent = defineService({
  type: 'agent',
  prefix: 'agent',
  layer: 'stack',
  title: 'Agent',
  description:
    'An AI agent; metadata only, and the principal whose outgoing links decide which tools it sees.',
  connection: z.strictObject({
    requires: z
      .literal('diagnosis')
      .optional()
      .describe('It may change production only as a recorded diagnosis of the triage proposes'),
    identity: AgentIdentity.optional().describe(
      'How an access token of the OIDC issuer tells that its bearer is this agent',
    ),
    measures: z
      .record(z.string().regex(/^[a-z][a-z0-9_]{0,47}$/), z.string().min(1).max(2_000))
      .optional()
      .describe(
        'For the triage: PromQL by metric name; its label component names the component, and lower is better',
      ),
  }),
  links: {
    delegates: { description: 'hands work to the agent' },
    observes: { description: 'watches what the agent does' },
    calls: { description: 'calls the agent' },
  },
  tools: [],
});
