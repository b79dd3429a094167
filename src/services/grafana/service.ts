import { defineService } from '../../toolset/define.ts';
import { advise } from './advise.ts';
import { FolderEntry, GrafanaConnection } from './connection.ts';
import type { GrafanaTypes } from './tool.ts';
import { tools } from './tools/index.ts';

/** Grafana, through its HTTP API. */
export const grafana = defineService<GrafanaTypes, typeof GrafanaConnection>({
  type: 'grafana',
  layer: 'observability',
  title: 'Grafana',
  description: 'Dashboards, annotations, data sources and alert rules of a Grafana 10, 11 or 12.',
  prefix: 'grafana',
  connection: GrafanaConnection,
  subComponents: {
    key: 'folders',
    singular: 'folder',
    entry: FolderEntry,
    narrowable: [],
    required: false,
  },
  links: {
    observes: { description: 'Reads dashboards, annotations and alert rules.', access: 'read' },
    monitors: { description: 'Watches dashboards and alert rules to act on them.', access: 'read' },
    annotates: { description: 'Marks its deployments on the dashboards.' },
    operates: { description: 'Looks after the dashboards.' },
  },
  tools,
  configuration: [
    {
      tool: 'grafana_search',
      args: { count: 500 },
      list: 'dashboards',
      key: ['uid'],
      fields: ['title', 'tags', 'folder'],
    },
    {
      tool: 'grafana_alert_rules',
      args: { count: 500 },
      list: 'rules',
      key: ['uid', 'name'],
      fields: ['group', 'query', 'for_seconds', 'labels', 'annotations'],
    },
  ],
  connect: async () => (await import('./connect.ts')).connector,
  blastRadius: 1,
  advise,
});
