import { z } from 'zod';
import type { Change } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { autoscalerAhead, refuseAutoscaled } from '../autoscaling.ts';
import { printWorkload } from '../names.ts';
import { refuseProtected } from '../protected.ts';
import type { Found } from '../reader.ts';
import { tool, WorkloadArgs, type Writing } from '../tool.ts';
import { scopeOf } from '../write-scope.ts';

/** How many pods a call may start or stop that does not say from which number it starts. */
const UNSAID = 10;

const Params = WorkloadArgs.extend({
  replicas: z.number().int().min(0).max(1000).describe('How many pods there shall be'),
  from: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe(`How many are asked for now, else it is refused; needed for a change of over ${UNSAID}`),
});
type Params = z.output<typeof Params>;

const Before = z.strictObject({ uid: z.string(), replicas: z.number().int() });

export const scale = tool({
  name: 'k8s_scale',
  access: 'write',
  reach: 'sub',
  title: 'Scale a workload',
  description:
    'Set the number of replicas of one Deployment or StatefulSet; refused where an autoscaler keeps the number.',
  params: Params,
  output: z.strictObject({ workload: z.string(), was: z.number(), replicas: z.number() }),
  scope: (target, { workload, replicas, from }) =>
    scopeOf(target, workload, from === undefined ? UNSAID : Math.max(1, Math.abs(replicas - from))),
  effect: {
    kind: 'update',
    way: 'sets the number of replicas as it was',
    async capture(context, args) {
      const found = await scalable(context, args);
      return { uid: found.metadata.uid, replicas: replicasOf(found) };
    },
    revert: takeBack,
    async isBack({ client, signal }, { args, before }) {
      const found = await client.reader.workload(args.workload, signal);
      const was = Before.parse(before);
      return found.metadata.uid === was.uid && replicasOf(found) === was.replicas;
    },
    async precheck({ client, signal }, { args, before, how }) {
      const found = await client.workload(args.workload, signal);
      const replicas = how === 'revert' ? Before.parse(before).replicas : args.replicas;
      return autoscalerAhead(client, found, { replicas, workload: args.workload, signal });
    },
  },
  async run(context, args) {
    const { client, signal, recordAfter } = context;
    const found = await scalable(context, args);
    const scaled = await client.scale(found, args.replicas, signal, ({ metadata }) =>
      recordAfter({ uid: metadata.uid, replicas: args.replicas }),
    );
    return { workload: printWorkload(found.ref), was: replicasOf(found), replicas: scaled.spec.replicas };
  },
});

/** The workload, where the call may change it as it stands now. */
async function scalable(context: Writing, { workload, replicas, from }: Params): Promise<Found> {
  const found = await context.client.reader.workload(workload, context.signal);
  refuseProtected(context, found.ref);
  if (found.ref.kind === 'daemonset')
    throw new ToolError('invalid_arguments', 'a DaemonSet runs one pod a node and has no number of replicas');
  const now = replicasOf(found);
  if (from !== undefined && now !== from)
    throw new ToolError('conflict', `${now} replicas are asked for now, and not ${from}`);
  if (from === undefined && Math.abs(replicas - now) > UNSAID)
    throw new ToolError(
      'write_refused',
      `it has ${now} replicas; say from: ${now} to change it by over ${UNSAID}`,
    );
  const { client, signal } = context;
  await refuseAutoscaled(client.reader, found, { replicas, signal });
  return found;
}

async function takeBack(context: Writing, { args, before, after }: Change<Params>): Promise<void> {
  const was = Before.parse(before);
  const left = after === null ? was : Before.parse(after);
  const { client, signal } = context;
  const found = await client.reader.workload(args.workload, signal);
  refuseProtected(context, found.ref);
  if (found.metadata.uid !== was.uid) throw new ToolError('conflict', 'the workload was made anew since');
  const now = replicasOf(found);
  // The call ended before its write, or what it did was taken back already.
  if (now === was.replicas) return;
  if (now !== left.replicas)
    throw new ToolError('conflict', `somebody scaled it to ${now} since; it stays as it is`);
  await refuseAutoscaled(client.reader, found, { replicas: was.replicas, signal });
  await client.scale(found, was.replicas, signal, async () => {});
}

/** The API's default is one. */
const replicasOf = ({ spec }: Found): number => spec.replicas ?? 1;
