import { z } from 'zod';
import { defineService } from '../../toolset/define.ts';
import { advise } from '../kubernetes/advise.ts';
import { roles } from '../kubernetes/roles.ts';
import { sharing } from '../kubernetes/sharing.ts';
import type { KubernetesTypes } from '../kubernetes/tool.ts';
import { pausers, tools } from '../kubernetes/tools/index.ts';

const WorkloadConnection = z.strictObject({
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
    .describe('Kind and name: deployment/orders-api; the tools do not reach into a cronjob or job'),
});

/** One workload of a Kubernetes cluster: its tools reach it and what it owns, and nothing beside it. */
export const kubernetesWorkload = defineService<KubernetesTypes, typeof WorkloadConnection>({
  type: 'kubernetes-workload',
  prefix: 'k8s',
  layer: 'operations',
  title: 'Kubernetes workload',
  description: 'One workload of a Kubernetes cluster, with its ReplicaSets and pods',
  connection: WorkloadConnection,
  references: { cluster: 'kubernetes' },
  links: {
    calls: { description: 'calls it', access: 'read' },
    depends_on: { description: 'cannot work without it', access: 'read' },
    observes: { description: 'watches its state', access: 'read' },
    operates: { description: 'is responsible for running it' },
  },
  tools,
  pausers,
  configuration: [
    {
      tool: 'k8s_list_workloads',
      list: 'workloads',
      key: ['workload'],
      fields: ['images', 'desired', 'revision'],
    },
  ],
  connect: async () => (await import('../kubernetes/connect.ts')).connector,
  advise,
  roles,
  ...sharing,
});
