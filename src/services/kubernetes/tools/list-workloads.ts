import { z } from 'zod';
import { printWorkload } from '../names.ts';
import { imagesOf, revisionOf } from '../revision.ts';
import { rolloutOf } from '../rollout.ts';
import { complete, completeness, tool } from '../tool.ts';

export const listWorkloads = tool({
  name: 'k8s_list_workloads',
  access: 'read',
  reach: 'sub',
  title: 'List workloads',
  description: 'Deployments, StatefulSets and DaemonSets of the target, with replicas, images and rollout.',
  params: z.strictObject({}),
  output: z.strictObject({
    workloads: z.array(
      z.strictObject({
        workload: z.string(),
        desired: z.number(),
        ready: z.number(),
        updated: z.number(),
        rolled_out: z.boolean(),
        images: z.array(z.string()),
        revision: z.number().optional(),
        created: z.string().optional(),
      }),
    ),
    ...completeness,
  }),
  list: 'workloads',
  async run({ client, signal, limits }) {
    const { items, isCut } = await client.workloads(signal);
    const workloads = items.slice(0, limits.rows).map((one) => {
      const { desired, ready, updated, done } = rolloutOf(one);
      const revision = revisionOf(one);
      const { creationTimestamp: created } = one.metadata;
      return {
        workload: printWorkload(one.ref),
        desired,
        ready,
        updated,
        rolled_out: done,
        images: imagesOf(one.spec.template),
        ...(revision > 0 ? { revision } : {}),
        ...(created === undefined ? {} : { created }),
      };
    });
    return {
      workloads,
      ...complete(isCut || items.length > limits.rows, 'the namespace holds more workloads'),
    };
  },
});
