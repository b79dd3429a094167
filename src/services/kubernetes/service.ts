import { z } from 'zod';
import { defineService } from '../../toolset/define.ts';
import { advise } from './advise.ts';
import { KubernetesConnection } from './connection.ts';
import { roles } from './roles.ts';
import { sharing } from './sharing.ts';
import type { KubernetesTypes } from './tool.ts';
import { pausers, tools } from './tools/index.ts';

/** A Kubernetes cluster, reached by the namespaces that the topology names and never as a whole. */
export const kubernetes = defineService<KubernetesTypes, typeof KubernetesConnection>({
  type: 'kubernetes',
  prefix: 'k8s',
  layer: 'operations',
  title: 'Kubernetes cluster',
  description:
    'A Kubernetes cluster, reached by its namespaces; without any it is metadata, which workloads refer to',
  connection: KubernetesConnection,
  subComponents: {
    key: 'namespaces',
    singular: 'namespace',
    entry: z.strictObject({}),
    narrowable: [],
    required: false,
    onlyNamed: true,
  },
  links: {
    runs_on: { description: 'runs in the cluster', access: 'read' },
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
  connect: async () => (await import('./connect.ts')).connector,
  advise,
  roles,
  ...sharing,
});
