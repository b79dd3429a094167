import { z } from 'zod';
import { quantityOf } from '../quantity.ts';
import type { PodMetrics } from '../shapes.ts';
import { complete, completeness, tool, WorkloadArgs } from '../tool.ts';

export const top = tool({
  name: 'k8s_top',
  access: 'read',
  reach: 'sub',
  title: 'CPU and memory of pods',
  description: 'What pods use at present, largest memory first. The cluster needs metrics-server.',
  params: WorkloadArgs,
  output: z.strictObject({
    pods: z.array(
      z.strictObject({
        name: z.string(),
        cpu_millicores: z.number(),
        memory_bytes: z.number(),
        measured: z.string().optional(),
        containers: z.array(
          z.strictObject({ name: z.string(), cpu_millicores: z.number(), memory_bytes: z.number() }),
        ),
      }),
    ),
    ...completeness,
  }),
  list: 'pods',
  async run({ client, signal, limits }, { workload }) {
    const { items, isCut } = await client.usage(workload, signal);
    const pods = items.map(show).sort((a, b) => b.memory_bytes - a.memory_bytes);
    return {
      pods: pods.slice(0, limits.rows),
      ...complete(isCut || pods.length > limits.rows, 'there are more pods; name a workload'),
    };
  },
});

function show({ metadata, timestamp, containers }: PodMetrics) {
  const used = containers.map(({ name, usage }) => ({
    name,
    cpu_millicores: Math.round((quantityOf(usage.cpu) ?? 0) * 1000),
    memory_bytes: Math.round(quantityOf(usage.memory) ?? 0),
  }));
  const sum = (pick: (one: (typeof used)[number]) => number) => used.reduce((all, one) => all + pick(one), 0);
  return {
    name: metadata.name,
    cpu_millicores: sum((one) => one.cpu_millicores),
    memory_bytes: sum((one) => one.memory_bytes),
    ...(timestamp === undefined ? {} : { measured: timestamp }),
    containers: used,
  };
}
