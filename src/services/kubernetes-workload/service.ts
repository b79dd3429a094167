import { z } from 'zod';
import { defineService } from '../../toolset/define.ts';

/** A workload of a Kubernetes cluster. It yields no tools. */
export const kubernetesWorkload = defineService({
  type: 'kubernetes-workload',
  prefix: 'k8s_workload',
  layer: 'operations',
  title: 'Kubernetes workload',
  description: 'A workload of a Kubernetes cluster; metadata only, which tools of other services refer to.',
  connection: z.strictObject({
    cluster: z.string().min(1).describe('Name of the kubernetes component that it runs on'),
    namespace: z
      .string()
      .max(63)
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'write the name of a Kubernetes namespace, such as shop')
      .describe('Namespace of the workload'),
    workload: z
      .string()
      .max(253)
      .regex(
        /^(deployment|statefulset|daemonset|cronjob|job)\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
        'write KIND/NAME, such as deployment/orders-api, with deployment, statefulset, daemonset, cronjob or job',
      )
      .describe('Kind and name: deployment/orders-api'),
  }),
  references: { cluster: 'kubernetes' },
  links: {
    calls: { description: 'calls it' },
    depends_on: { description: 'cannot work without it' },
    observes: { description: 'watches its state' },
    operates: { description: 'is responsible for running it' },
  },
  tools: [],
});
