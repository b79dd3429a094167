import { defineService } from '../../toolset/define.ts';
import { LabelScope } from '../../toolset/label-scope.ts';
import { PrometheusConnection } from './connection.ts';
import type { PrometheusTypes } from './tool.ts';
import { promAlerts } from './tools/prom-alerts.ts';
import { promLabels } from './tools/prom-labels.ts';
import { promMetrics } from './tools/prom-metrics.ts';
import { promQuery } from './tools/prom-query.ts';
import { promQueryRange } from './tools/prom-query-range.ts';
import { promRules } from './tools/prom-rules.ts';
import { promSeries } from './tools/prom-series.ts';
import { promTargets } from './tools/prom-targets.ts';

/** Prometheus, or a server with its HTTP API such as Thanos or Mimir. */
export const prometheus = defineService<PrometheusTypes, typeof PrometheusConnection>({
  type: 'prometheus',
  layer: 'observability',
  title: 'Prometheus',
  description: 'Metrics, alerts and rules of a Prometheus 2.42+ or 3.x, Thanos or Mimir.',
  prefix: 'prom',
  connection: PrometheusConnection,
  subComponents: {
    key: 'scopes',
    singular: 'label scope',
    entry: LabelScope,
    narrowable: [],
    required: false,
  },
  links: {
    observes: { description: 'Reads metrics, alerts and rules.', access: 'read' },
    monitors: { description: 'Watches metrics and alerts to act on them.', access: 'read' },
    scrapes: { description: 'Takes metrics out by federation.', access: 'read' },
  },
  tools: [promQuery, promQueryRange, promAlerts, promRules, promTargets, promMetrics, promLabels, promSeries],
  configuration: [
    {
      tool: 'prom_rules',
      list: 'rules',
      key: ['group', 'type', 'name'],
      fields: ['query', 'labels', 'annotations', 'for_seconds'],
    },
  ],
  connect: async () => (await import('./connect.ts')).connector,
  advise: () => [
    'an account that may only GET and POST below /api/v1; Prometheus itself needs no write right',
  ],
});
