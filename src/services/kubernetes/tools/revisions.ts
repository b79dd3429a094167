import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { printWorkload } from '../names.ts';
import { CHANGE_CAUSE, fingerprint, imagesOf, newestFirst, revisionOf, templateOf } from '../revision.ts';
import { complete, completeness, tool, WorkloadArgs } from '../tool.ts';

export const revisions = tool({
  name: 'k8s_revisions',
  access: 'read',
  reach: 'sub',
  title: 'List revisions',
  description: 'Revisions of a Deployment that k8s_rollback_workload can go back to, newest first.',
  params: WorkloadArgs,
  output: z.strictObject({
    workload: z.string(),
    revisions: z.array(
      z.strictObject({
        revision: z.number(),
        current: z.boolean(),
        replica_set: z.string(),
        images: z.array(z.string()),
        change_cause: z.string().optional(),
        created: z.string().optional(),
        replicas: z.number(),
        ready: z.number(),
      }),
    ),
    ...completeness,
  }),
  list: 'revisions',
  async run({ client, signal, limits }, { workload }) {
    const owner = await client.workload(workload, signal);
    if (owner.ref.kind !== 'deployment')
      throw new ToolError('invalid_arguments', 'only a Deployment keeps its revisions as ReplicaSets');
    const { items, isCut } = await client.replicaSets(owner, signal);
    const current = fingerprint(owner.spec.template);
    const shown = newestFirst(items).slice(0, limits.rows);
    return {
      workload: printWorkload(owner.ref),
      revisions: shown.map((set) => ({
        revision: revisionOf(set),
        current: fingerprint(templateOf(set)) === current,
        replica_set: set.metadata.name,
        images: imagesOf(set.spec.template),
        ...optional('change_cause', set.metadata.annotations[CHANGE_CAUSE]),
        ...optional('created', set.metadata.creationTimestamp),
        replicas: set.spec.replicas,
        ready: set.status.readyReplicas,
      })),
      ...complete(isCut || items.length > shown.length, 'older revisions are left out'),
    };
  },
});

const optional = <K extends string>(key: K, value: string | undefined) =>
  value === undefined ? {} : { [key]: value };
