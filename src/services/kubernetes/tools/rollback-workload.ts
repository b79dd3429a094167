import { z } from 'zod';
import type { Change } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { printWorkload } from '../names.ts';
import { refuseProtected } from '../protected.ts';
import type { Found } from '../reader.ts';
import { CHANGE_CAUSE, fingerprint, imagesOf, ofTemplate, revisionOf, templateOf } from '../revision.ts';
import type { ReplicaSet } from '../shapes.ts';
import { tool, WorkloadArgs, type Writing } from '../tool.ts';
import type { PatchStep } from '../transport.ts';
import { scopeOf } from '../write-scope.ts';

const Params = WorkloadArgs.extend({
  revision: z.number().int().min(1).describe('A revision that k8s_revisions lists'),
});
type Params = z.output<typeof Params>;

/** A template by its fingerprint: the cluster keeps the template itself, whose variables may hold credentials. */
const Image = z.strictObject({ uid: z.string(), template: z.string(), revision: z.number().int() });

export const rollbackWorkload = tool({
  name: 'k8s_rollback_workload',
  access: 'write',
  reach: 'sub',
  title: 'Roll a Deployment back',
  description:
    'Put the pod template of an earlier revision of one Deployment back. It can be taken back while the cluster keeps the present revision (revisionHistoryLimit).',
  params: Params,
  output: z.strictObject({
    workload: z.string(),
    from_revision: z.number(),
    to_revision: z.number(),
    images: z.array(z.string()),
  }),
  scope: (target, { workload }) => scopeOf(target, workload),
  effect: {
    kind: 'update',
    way: 'puts the template back that was there, in a rollout of its own',
    async capture(context, args) {
      const { owner, sets } = await revertible(context, args.workload);
      const template = fingerprint(owner.spec.template);
      const present = ofTemplate(sets, template);
      if (!present)
        throw new ToolError('conflict', 'its present template has no revision yet; wait for the rollout');
      return { uid: owner.metadata.uid, template, revision: revisionOf(present) };
    },
    revert: takeBack,
    async isBack({ client, signal }, { args, before }) {
      const { metadata, spec } = await client.reader.workload(args.workload, signal);
      const was = Image.parse(before);
      return metadata.uid === was.uid && fingerprint(spec.template) === was.template;
    },
    async precheck({ client, signal }, { args, before, after, how }) {
      const wanted = how === 'revert' ? before : after;
      // Nothing was recorded, so nothing was changed and nothing is needed.
      if (wanted === null) return {};
      const { template, revision } = Image.parse(wanted);
      const owner = await client.workload(args.workload, signal);
      const { items } = await client.replicaSets(owner, signal);
      const isThere = fingerprint(owner.spec.template) === template || ofTemplate(items, template);
      return isThere ? {} : { obstacles: [goneFrom(owner, revision)] };
    },
  },
  async run(context, args) {
    const { owner, sets } = await revertible(context, args.workload);
    const chosen = chosenOf(context, sets, args);
    if (!chosen)
      throw new ToolError('not_found', `${printWorkload(owner.ref)} has no revision ${args.revision}`);
    const present = ofTemplate(sets, fingerprint(owner.spec.template));
    if (present === chosen)
      throw new ToolError('conflict', `revision ${args.revision} is what it runs already`);
    await putTemplate(context, owner, chosen);
    return {
      workload: printWorkload(owner.ref),
      from_revision: present ? revisionOf(present) : 0,
      to_revision: args.revision,
      images: imagesOf(chosen.spec.template),
    };
  },
});

const goneFrom = (owner: Found, revision: number): string =>
  `the cluster no longer keeps revision ${revision} of ${printWorkload(owner.ref)}, so it cannot go back (revisionHistoryLimit)`;

/** Rolling back gives a revision another number, so a call that is made again finds it by its template. */
function chosenOf({ again }: Writing, sets: readonly ReplicaSet[], { revision }: Params) {
  const left = Image.nullable().parse(again?.after ?? null);
  return left ? ofTemplate(sets, left.template) : sets.find((set) => revisionOf(set) === revision);
}

/** The Deployment and the ReplicaSets that it owns; a revision of another workload is not among them. */
async function revertible(context: Writing, workload: string | undefined) {
  const { reader } = context.client;
  const owner = await reader.workload(workload, context.signal);
  refuseProtected(context, owner.ref);
  if (owner.ref.kind !== 'deployment')
    throw new ToolError('invalid_arguments', 'only a Deployment keeps revisions that it can go back to');
  if (owner.spec.paused) throw new ToolError('conflict', 'its rollout is paused; resume it first');
  const { items } = await reader.replicaSets(owner, context.signal);
  return { owner, sets: items };
}

async function putTemplate({ client, signal, recordAfter }: Writing, owner: Found, chosen: ReplicaSet) {
  await client.change(owner, stepsTo(owner, chosen), signal, (tried) =>
    recordAfter({
      uid: tried.metadata.uid,
      template: fingerprint(tried.spec.template),
      revision: revisionOf(chosen),
    }),
  );
}

async function takeBack(context: Writing, { args, before, after }: Change<Params>): Promise<void> {
  const was = Image.parse(before);
  const left = after === null ? was : Image.parse(after);
  const { owner, sets } = await revertible(context, args.workload);
  const now = fingerprint(owner.spec.template);
  if (owner.metadata.uid !== was.uid) throw new ToolError('conflict', 'the workload was made anew since');
  if (now === was.template) return;
  if (now !== left.template)
    throw new ToolError('conflict', 'somebody changed its template since; it stays as it is');
  const previous = ofTemplate(sets, was.template);
  if (!previous) throw new ToolError('conflict', goneFrom(owner, was.revision));
  await putTemplate({ ...context, recordAfter: async () => {} }, owner, previous);
}

/** The template, and the change-cause that belongs to it, as `kubectl rollout undo` does. */
function stepsTo(owner: Found, chosen: ReplicaSet): PatchStep[] {
  const path = '/metadata/annotations/kubernetes.io~1change-cause';
  const cause = chosen.metadata.annotations[CHANGE_CAUSE];
  const steps: PatchStep[] = [{ op: 'replace', path: '/spec/template', value: templateOf(chosen) }];
  // A Deployment with ReplicaSets has annotations: at least its revision.
  if (cause !== undefined) steps.push({ op: 'add', path, value: cause });
  else if (owner.metadata.annotations[CHANGE_CAUSE] !== undefined) steps.push({ op: 'remove', path });
  return steps;
}
