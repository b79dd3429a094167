import { z } from 'zod';
import { isTriage, ToolError, tool } from '../tool.ts';

const Params = z.strictObject({
  component: z.string().min(1).max(64).describe('The component that alerts'),
  name: z.string().min(1).max(200).describe('Such as HighErrorRate; the same alert joins its open run'),
  metric: z
    .string()
    .min(1)
    .max(48)
    .optional()
    .describe('The measure of the agent that shows whether it heals'),
  summary: z.string().min(1).max(1_000),
});

/** Null where the answer never came: then nobody can tell which run it was. */
const After = z.strictObject({ run: z.string(), joined: z.boolean() }).nullable();

export const incidentOpen = tool({
  name: 'incident_open',
  access: 'write',
  reach: 'component',
  informs: true,
  appliesTo: (_entry, component) => isTriage(component),
  title: 'Open an incident',
  description:
    'Have the triage agent take an incident up, or join the run that is open for the same alert. The agent works by its own links and gates. Taking it back stops the run.',
  params: Params,
  output: z.strictObject({ run: z.string(), joined: z.boolean(), follow: z.string() }),
  scope: ({ name }, { component, name: alert }) => ({
    resources: [`${name}: incident ${alert} of ${component}`],
    atMost: 1,
  }),
  effect: {
    kind: 'create',
    way: 'stops the run, which ends with a human; what the run changed has a way back of its own',
    capture: async () => null,
    async revert({ stack, target }, change) {
      const opened = After.parse(change.after);
      if (opened === null)
        throw new ToolError('conflict', 'it is not known which run was opened; stackward triage tells');
      // A run that was open before belongs to whoever opened it.
      if (opened.joined) return;
      const { state } = await stack.triage.status(target.name, opened.run);
      if (state === 'running' && !(await stack.triage.stop(target.name, opened.run)))
        throw new ToolError('conflict', `another process works on ${opened.run}; stop it there`);
    },
    async isBack({ stack, target }, change) {
      const opened = After.parse(change.after);
      if (opened === null) return false;
      return opened.joined || (await stack.triage.status(target.name, opened.run)).state === 'ended';
    },
  },
  async run({ stack, target, principal, recordAfter }, alert) {
    const { run, joined } = await stack.triage.open(target.name, alert, principal);
    await recordAfter({ run, joined });
    return { run, joined, follow: `incident_status with run ${run}` };
  },
});
