import { z } from 'zod';
import { tool } from '../tool.ts';

const Words = z.string().min(1).max(1_000);
const Name = z.string().min(1).max(253);
const Args = z.record(z.string(), z.number());

export const proposeAction = tool({
  name: 'stack_propose_action',
  access: 'read',
  reach: 'stack',
  relays: true,
  title: 'Propose an action',
  description:
    'For an agent that may write on a recorded diagnosis alone: the server gathers by itself, diagnoses and plans, and records its own finding where it comes to the same. Nothing that is said here is recorded.',
  isFor: (agent) => agent?.connection.requires === 'diagnosis',
  params: z.strictObject({
    alert: z.strictObject({
      name: z.string().min(1).max(200),
      component: Name,
      metric: z.string().min(1).max(48).optional(),
      summary: Words,
      at: z.iso.datetime({ offset: true }).describe('Within the last 30 minutes'),
    }),
    resource: Name.describe('The service that is to blame'),
    deploy: z.string().max(200).nullable().describe('The commit of its deploy that is to blame, if one is'),
    action: z.enum(['rollback_deploy', 'scale_service']),
  }),
  output: z.strictObject({
    recorded: z.boolean(),
    checks: z.array(z.strictObject({ rule: z.string(), passed: z.boolean(), reason: z.string() })),
    reasons: z.array(z.string()),
    write: z
      .strictObject({ tool: z.string(), target: z.string(), args: Args, way_back: Args })
      .optional()
      .describe('The call that the gate now lets pass once, and the arguments that take it back'),
  }),
  async run({ stack, principal, signal }, claim) {
    const { checks, reasons, write, ...rest } = await stack.triage.propose(principal, claim, signal);
    return {
      ...rest,
      checks: checks.map((one) => ({ ...one })),
      reasons: [...reasons],
      ...(write ? { write: { ...write, args: { ...write.args }, way_back: { ...write.way_back } } } : {}),
    };
  },
});
