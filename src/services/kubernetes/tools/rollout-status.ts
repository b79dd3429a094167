import { z } from 'zod';
import { printWorkload } from '../names.ts';
import { revisionOf } from '../revision.ts';
import { rolloutOf } from '../rollout.ts';
import { tool, WorkloadArgs } from '../tool.ts';

export const rolloutStatus = tool({
  name: 'k8s_rollout_status',
  access: 'read',
  reach: 'sub',
  title: 'Rollout status',
  description: 'Whether a workload runs what was asked for, and what is missing.',
  params: WorkloadArgs,
  output: z.strictObject({
    workload: z.string(),
    done: z.boolean(),
    failed: z.boolean(),
    message: z.string(),
    desired: z.number(),
    updated: z.number(),
    ready: z.number(),
    available: z.number(),
    revision: z.number().optional(),
    conditions: z.array(
      z.strictObject({ type: z.string(), status: z.string(), reason: z.string(), message: z.string() }),
    ),
  }),
  async run({ client, signal }, { workload }) {
    const found = await client.workload(workload, signal);
    const revision = revisionOf(found);
    return {
      workload: printWorkload(found.ref),
      ...rolloutOf(found),
      ...(revision > 0 ? { revision } : {}),
      conditions: found.status.conditions.map(({ type, status, reason = '', message = '' }) => ({
        type,
        status,
        reason,
        message,
      })),
    };
  },
});
