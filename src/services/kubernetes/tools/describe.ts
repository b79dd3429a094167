import { z } from 'zod';
import { DescribedContainer, describeTemplate } from '../describe.ts';
import { printWorkload } from '../names.ts';
import { CHANGE_CAUSE, revisionOf } from '../revision.ts';
import { tool, WorkloadArgs } from '../tool.ts';

export const describe = tool({
  name: 'k8s_describe',
  access: 'read',
  reach: 'sub',
  title: 'Describe a workload',
  description:
    'How a workload is set up: replicas, strategy, images, ports, resources, probes, names of variables and volumes. Never a value of a variable, a secret or an annotation.',
  params: WorkloadArgs,
  output: z.strictObject({
    workload: z.string(),
    created: z.string().optional(),
    generation: z.number(),
    revision: z.number().optional(),
    change_cause: z.string().optional(),
    replicas: z.number().optional(),
    paused: z.boolean(),
    strategy: z.string().optional(),
    selector: z.record(z.string(), z.string()),
    labels: z.record(z.string(), z.string()),
    annotations: z.array(z.string()).describe('Keys alone'),
    service_account: z.string().optional(),
    containers: z.array(DescribedContainer),
    volumes: z.array(z.string()),
  }),
  async run({ client, signal }, { workload }) {
    const { ref, metadata, spec } = await client.workload(workload, signal);
    const revision = revisionOf({ metadata });
    const strategy = spec.strategy?.type ?? spec.updateStrategy?.type;
    const cause = metadata.annotations[CHANGE_CAUSE];
    return {
      workload: printWorkload(ref),
      ...(metadata.creationTimestamp === undefined ? {} : { created: metadata.creationTimestamp }),
      generation: metadata.generation,
      ...(revision > 0 ? { revision } : {}),
      ...(cause === undefined ? {} : { change_cause: cause }),
      ...(spec.replicas === undefined ? {} : { replicas: spec.replicas }),
      paused: spec.paused,
      ...(strategy === undefined ? {} : { strategy }),
      selector: spec.selector.matchLabels,
      labels: metadata.labels,
      annotations: Object.keys(metadata.annotations).sort(),
      ...describeTemplate(spec.template),
    };
  },
});
