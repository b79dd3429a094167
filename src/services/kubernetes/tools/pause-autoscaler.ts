import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Change } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { boundsOf, isAtRest } from '../autoscaling.ts';
import { printWorkload } from '../names.ts';
import { refuseProtected } from '../protected.ts';
import type { Found } from '../reader.ts';
import type { Autoscaler } from '../shapes.ts';
import { tool, WorkloadArgs, type Writing } from '../tool.ts';
import { scopeOf } from '../write-scope.ts';
import { type Bounds, boundsSteps } from '../writer.ts';

const Params = WorkloadArgs.extend({ replicas: z.number().int().min(0).max(1000) });
type Params = z.output<typeof Params>;

const Image = z.strictObject({
  uid: z.string(),
  min: z.number().int(),
  max: z.number().int(),
  behavior: z.record(z.string(), z.json()).nullable(),
});
type Image = z.output<typeof Image>;

/** Both ways: it then changes a number only to bring it into its bounds. */
const AT_REST = { scaleUp: { selectPolicy: 'Disabled' }, scaleDown: { selectPolicy: 'Disabled' } } as const;

/** Of a rollback alone: lets an autoscaler rest, with bounds that leave the workload's numbers be. */
export const pauseAutoscaler = tool({
  name: 'k8s_pause_autoscaler',
  access: 'write',
  reach: 'sub',
  title: 'Pause an autoscaler',
  description: 'Let the HorizontalPodAutoscaler of one workload rest, and leave a number of replicas be.',
  params: Params,
  output: z.strictObject({ autoscaler: z.string(), workload: z.string(), min: z.number(), max: z.number() }),
  scope: (target, { workload }) => scopeOf(target, workload),
  effect: {
    kind: 'update',
    way: 'sets bounds and behavior as they were',
    capture: async (context, args) => imageOf((await autoscaled(context, args)).autoscaler),
    revert: takeBack,
    isBack: async (context, { args, before }) =>
      isDeepStrictEqual(imageOf((await autoscaled(context, args)).autoscaler), Image.parse(before)),
  },
  async run(context, args) {
    const { client, signal, recordAfter } = context;
    const { autoscaler, found } = await autoscaled(context, args);
    const { min, max } = boundsOf(autoscaler);
    const numbers = [args.replicas, found.spec.replicas ?? 1];
    const wanted: Bounds = {
      min: Math.max(1, Math.min(min, ...numbers)),
      max: Math.max(max, ...numbers),
      behavior: isAtRest(autoscaler) ? (autoscaler.spec.behavior ?? null) : AT_REST,
    };
    const done = await client.bound(autoscaler, boundsSteps(autoscaler, wanted), signal, (tried) =>
      recordAfter(imageOf(tried)),
    );
    return {
      autoscaler: autoscaler.metadata.name,
      workload: printWorkload(found.ref),
      ...boundsOf(done),
    };
  },
});

/** The workload and its autoscaler. Throws ToolError('not_found') where it has none. */
async function autoscaled(
  context: Writing,
  { workload }: Params,
): Promise<{ found: Found; autoscaler: Autoscaler }> {
  const { client, signal } = context;
  const found = await client.reader.workload(workload, signal);
  refuseProtected(context, found.ref);
  const autoscaler = await client.reader.autoscalerOf(found, signal);
  if (!autoscaler) throw new ToolError('not_found', `${printWorkload(found.ref)} has no autoscaler`);
  return { found, autoscaler };
}

const imageOf = (autoscaler: Autoscaler): Image => ({
  uid: autoscaler.metadata.uid,
  ...boundsOf(autoscaler),
  behavior: autoscaler.spec.behavior ?? null,
});

async function takeBack(context: Writing, { args, before, after }: Change<Params>): Promise<void> {
  const was = Image.parse(before);
  const left = after === null ? was : Image.parse(after);
  const { autoscaler } = await autoscaled(context, args);
  const now = imageOf(autoscaler);
  if (now.uid !== was.uid) throw new ToolError('conflict', 'the autoscaler was made anew since');
  if (isDeepStrictEqual(now, was)) return;
  if (!isDeepStrictEqual(now, left))
    throw new ToolError(
      'conflict',
      `somebody changed it since: its bounds are ${now.min} and ${now.max}; they stay as they are`,
    );
  await context.client.bound(autoscaler, boundsSteps(autoscaler, was), context.signal, async () => {});
}
