import { z } from 'zod';
import { defineService } from '../../toolset/define.ts';

/** A Kubernetes cluster that workloads name. It yields no tools. */
export const kubernetes = defineService({
  type: 'kubernetes',
  prefix: 'k8s',
  layer: 'operations',
  title: 'Kubernetes cluster',
  description: 'A Kubernetes cluster; metadata only, which workloads and tools of other services refer to.',
  connection: z.strictObject({
    context: z.string().min(1).max(253).describe('Name of the kubeconfig context of the cluster'),
  }),
  links: {
    runs_on: { description: 'runs in the cluster' },
    depends_on: { description: 'cannot work without it' },
    observes: { description: 'watches its state' },
    operates: { description: 'is responsible for running it' },
  },
  tools: [],
});
