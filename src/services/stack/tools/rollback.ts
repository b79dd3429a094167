import { z } from 'zod';
import { tool } from '../tool.ts';
import { Paused, Result, VersionNumber } from '../version-shapes.ts';

export const rollback = tool({
  name: 'stack_rollback',
  access: 'write',
  reach: 'stack',
  relays: true,
  title: 'Roll back to a version',
  description:
    'Carry out a plan of stack_plan_rollback, as calls of yours; stops at the first that fails. A human approves the digest.',
  params: z.strictObject({
    to: VersionNumber,
    component: z.string().max(64).optional(),
    pause_reconcilers: z.boolean().optional(),
    digest: z.string().regex(/^[0-9a-f]{64}$/, 'the digest of a plan'),
  }),
  output: z.strictObject({
    id: z.string(),
    to: z.number().int(),
    snapshot: z.number().int().describe('The version before its first step'),
    results: z.array(Result),
    topology: z.enum(['unchanged', 'waiting', 'restored', 'failed']),
    topology_detail: z.string().optional(),
    paused: z.array(Paused),
    at_target: z.boolean(),
    verdict: z.string(),
    next: z.array(z.string()),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'results',
  effect: {
    kind: 'update',
    irreversible:
      'it changes several resources at once, and only a rollback to the version before it takes that back',
  },
  scope: (_target, { to, component, digest, pause_reconcilers: isPausing }) => ({
    resources: [
      `${component ?? 'stack'} back to version ${to}, plan ${digest.slice(0, 12)}${isPausing ? ', with the reconcilers held still that would undo it' : ''}`,
    ],
    atMost: 1,
  }),
  async run({ stack, signal, session }, { to, component, digest, pause_reconcilers }) {
    const seen = {
      to,
      digest,
      pause_reconcilers: pause_reconcilers === true,
      ...(component === undefined ? {} : { component }),
    };
    const report = await stack.versions.rollback(seen, signal, (done, total, step) => {
      void session?.progress(done, total, step);
    });
    return { ...report, truncated: false };
  },
});
