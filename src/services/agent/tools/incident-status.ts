import { z } from 'zod';
import { isTriage, tool } from '../tool.ts';

export const incidentStatus = tool({
  name: 'incident_status',
  access: 'read',
  reach: 'component',
  appliesTo: (_entry, component) => isTriage(component),
  title: 'How far an incident is',
  description: 'Tell the stage that a run of the triage agent reached, and how it ended.',
  params: z.strictObject({ run: z.string().regex(/^i-[0-9a-z-]{1,60}$/, 'a run, as incident_open gave it') }),
  output: z.strictObject({
    run: z.string(),
    state: z.enum(['running', 'ended']),
    step: z.string().describe('The stage that it reached last'),
    ending: z.string().optional().describe('healed, nothing_to_do, handed_over or denied'),
    events: z.number().int(),
  }),
  run: ({ stack, target }, { run }) => stack.triage.status(target.name, run),
});
