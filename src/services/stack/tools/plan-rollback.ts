import { z } from 'zod';
import { tool } from '../tool.ts';
import { Resource, Step, Stuck, Undoing, VersionNumber } from '../version-shapes.ts';

/** Of what drifted; a plan with more is about its steps all the same. */
const MOST_DRIFT = 100;

export const planRollback = tool({
  name: 'stack_plan_rollback',
  access: 'read',
  reach: 'stack',
  title: 'Plan a rollback',
  description: 'Show what a rollback to a version would do, and what is in its way.',
  params: z.strictObject({
    to: VersionNumber,
    component: z.string().max(64).optional().describe('Only its writes'),
    pause_reconcilers: z.boolean().optional().describe('Hold still what would undo it'),
  }),
  output: z.strictObject({
    to: z.number().int(),
    from: z.number().int(),
    component: z.string().optional(),
    digest: z.string().describe('Names this plan for stack_rollback'),
    steps: z.array(Step),
    not_reversible: z.array(Stuck),
    topology: z.boolean().describe('The topology file is put back too'),
    drift: z.array(Resource),
    reconcilers: z.array(Undoing),
    pause_reconcilers: z.boolean(),
    obstacles: z.array(z.string()),
    untried: z.array(z.string()),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'steps',
  async run({ stack, limits }, { to, component, pause_reconcilers }) {
    const { drift, ...plan } = await stack.versions.plan(to, {
      ...(component === undefined ? {} : { component }),
      pause_reconcilers: pause_reconcilers === true,
    });
    const most = Math.min(limits.rows, MOST_DRIFT);
    const isCut = drift.length > most;
    return {
      ...plan,
      drift: drift.slice(0, most),
      truncated: isCut,
      ...(isCut ? { hint: 'not all of the drift is shown; stack_diff shows it, or name a component' } : {}),
    };
  },
});
