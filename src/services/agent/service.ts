import { z } from 'zod';
import { AgentIdentity } from '../../toolset/agent-identity.ts';
import { defineService } from '../../toolset/define.ts';
import type { AgentTypes } from './tool.ts';
import { incidentOpen } from './tools/incident-open.ts';
import { incidentStatus } from './tools/incident-status.ts';

const AgentConnection = z.strictObject({
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
});

/** An AI agent that calls this server as a principal. Links out of it say which tools it sees; links into a triage, who may call on it. */
export const agent = defineService<AgentTypes, typeof AgentConnection>({
  type: 'agent',
  prefix: 'incident',
  layer: 'stack',
  title: 'Agent',
  description:
    'An AI agent: the principal whose outgoing links decide which tools it sees. A link into one that requires a diagnosis lets incidents be opened with it.',
  connection: AgentConnection,
  links: {
    delegates: { description: 'hands work to the agent' },
    observes: { description: 'watches what the agent does', access: 'read' },
    calls: { description: 'calls the agent' },
  },
  tools: [incidentOpen, incidentStatus],
  connect: async () => (await import('./connect.ts')).connector,
  blastRadius: 1,
});
