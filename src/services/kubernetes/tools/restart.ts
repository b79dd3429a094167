import { z } from 'zod';
import type { Change } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { printWorkload } from '../names.ts';
import { refuseProtected } from '../protected.ts';
import type { Found } from '../reader.ts';
import type { Template } from '../shapes.ts';
import { tool, WorkloadArgs, type Writing } from '../tool.ts';
import type { PatchStep } from '../transport.ts';
import { scopeOf } from '../write-scope.ts';

/** What `kubectl rollout restart` sets. */
const RESTARTED = 'kubectl.kubernetes.io/restartedAt';
const ANNOTATIONS = '/spec/template/metadata/annotations';
const PATH = `${ANNOTATIONS}/kubectl.kubernetes.io~1restartedAt`;

const Params = WorkloadArgs;
type Params = z.output<typeof Params>;
const Image = z.strictObject({ uid: z.string(), restarted_at: z.string().nullable() });

export const restart = tool({
  name: 'k8s_restart',
  access: 'write',
  reach: 'sub',
  title: 'Restart a workload',
  description: 'Replace every pod of one workload, by its rollout strategy.',
  params: Params,
  output: z.strictObject({ workload: z.string(), restarted_at: z.string() }),
  scope: (target, { workload }) => scopeOf(target, workload),
  effect: {
    kind: 'update',
    way: 'takes the mark of the restart out of the template, in a rollout of its own',
    async capture(context, { workload }) {
      const { metadata, spec } = await restartable(context, workload);
      return { uid: metadata.uid, restarted_at: restartedAt(spec.template) };
    },
    revert: takeBack,
    async isBack({ client, signal }, { args, before }) {
      const { metadata, spec } = await client.reader.workload(args.workload, signal);
      const was = Image.parse(before);
      return metadata.uid === was.uid && restartedAt(spec.template) === was.restarted_at;
    },
  },
  async run(context, { workload }) {
    const { client, signal, recordAfter } = context;
    const found = await restartable(context, workload);
    const now = new Date().toISOString();
    await client.change(found, stamp(found, now), signal, ({ metadata }) =>
      recordAfter({ uid: metadata.uid, restarted_at: now }),
    );
    return { workload: printWorkload(found.ref), restarted_at: now };
  },
});

async function restartable(context: Writing, workload: string | undefined): Promise<Found> {
  const found = await context.client.reader.workload(workload, context.signal);
  refuseProtected(context, found.ref);
  if (found.spec.paused)
    throw new ToolError('conflict', 'its rollout is paused, so nothing would restart; resume it first');
  return found;
}

/** Takes the annotation back, which is one more rollout to the template as it was. */
async function takeBack(context: Writing, { args, before, after }: Change<Params>): Promise<void> {
  const was = Image.parse(before);
  const left = after === null ? was : Image.parse(after);
  const { client, signal } = context;
  const found = await restartable(context, args.workload);
  if (found.metadata.uid !== was.uid) throw new ToolError('conflict', 'the workload was made anew since');
  const now = restartedAt(found.spec.template);
  if (now === was.restarted_at) return;
  if (now !== left.restarted_at)
    throw new ToolError('conflict', 'somebody restarted it since; it stays as it is');
  const steps = was.restarted_at === null ? unstamp(found) : stamp(found, was.restarted_at);
  await client.change(found, steps, signal, async () => {});
}

const Annotated = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }).optional(),
});

const restartedAt = (template: Template): string | null =>
  Annotated.parse(template).metadata?.annotations?.[RESTARTED] ?? null;

/** Where the mark is the only annotation, none were there before. */
const unstamp = ({ spec }: Found): PatchStep[] => {
  const others = Object.keys(Annotated.parse(spec.template).metadata?.annotations ?? {}).length > 1;
  return [{ op: 'remove', path: others ? PATH : ANNOTATIONS }];
};

const stamp = ({ spec }: Found, value: string): PatchStep[] => {
  const { metadata } = Annotated.parse(spec.template);
  if (!metadata)
    return [{ op: 'add', path: '/spec/template/metadata', value: { annotations: { [RESTARTED]: value } } }];
  if (!metadata.annotations) return [{ op: 'add', path: ANNOTATIONS, value: { [RESTARTED]: value } }];
  return [{ op: 'add', path: PATH, value }];
};
