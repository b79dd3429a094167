import { defineService } from '../../toolset/define.ts';
import { LabelScope } from '../../toolset/label-scope.ts';
import { LokiConnection } from './connection.ts';
import type { LokiTypes } from './tool.ts';
import { lokiLabelValues } from './tools/loki-label-values.ts';
import { lokiLabels } from './tools/loki-labels.ts';
import { lokiPatterns } from './tools/loki-patterns.ts';
import { lokiQuery } from './tools/loki-query.ts';
import { lokiQueryRange } from './tools/loki-query-range.ts';
import { lokiSeries } from './tools/loki-series.ts';
import { lokiStats } from './tools/loki-stats.ts';

/** Grafana Loki, reading alone. */
export const loki = defineService<LokiTypes, typeof LokiConnection>({
  type: 'loki',
  layer: 'observability',
  title: 'Loki',
  description: 'Log lines, and numbers made of them, of a Grafana Loki 2.9+ or 3.x.',
  prefix: 'loki',
  connection: LokiConnection,
  subComponents: {
    key: 'scopes',
    singular: 'label scope',
    entry: LabelScope,
    narrowable: [],
    required: false,
  },
  links: {
    observes: { description: 'Reads logs.', access: 'read' },
    monitors: { description: 'Watches logs to act on them.', access: 'read' },
    logs_to: { description: 'Ships its log lines there.', access: 'read' },
  },
  tools: [lokiQuery, lokiQueryRange, lokiLabels, lokiLabelValues, lokiSeries, lokiStats, lokiPatterns],
  connect: async () => (await import('./connect.ts')).connector,
  advise: () => [
    'an account of the proxy before Loki that may only GET and POST query, query_range, labels, label/*/values, series, index/stats and patterns below /loki/api/v1; never push, delete or rules',
  ],
});
