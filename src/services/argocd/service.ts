import { defineService } from '../../toolset/define.ts';
import { advise } from './advise.ts';
import { ArgoConnection, ProjectEntry } from './connection.ts';
import type { ArgoTypes } from './tool.ts';
import { pausers, tools } from './tools/index.ts';

/** Argo CD, through the REST API of its server. */
export const argocd = defineService<ArgoTypes, typeof ArgoConnection>({
  type: 'argocd',
  layer: 'operations',
  prefix: 'argocd',
  title: 'Argo CD',
  description: 'An Argo CD 2.10 or later, reached by project.',
  connection: ArgoConnection,
  subComponents: {
    key: 'projects',
    singular: 'project',
    entry: ProjectEntry,
    narrowable: ['applications'],
    required: true,
  },
  links: {
    operates: { description: 'Looks after the applications: syncs them and rolls them back.' },
    observes: { description: 'Looks, and never changes.', access: 'read' },
    deployed_by: { description: 'Is deployed by it.', access: 'read' },
  },
  tools,
  pausers,
  configuration: [
    {
      tool: 'argocd_list_applications',
      list: 'applications',
      key: ['application'],
      fields: ['sources', 'auto_sync'],
    },
  ],
  connect: async () => (await import('./connect.ts')).connector,
  // A deployment is waited for.
  limits: { deadlineMs: 120_000 },
  blastRadius: 1,
  advise,
});
