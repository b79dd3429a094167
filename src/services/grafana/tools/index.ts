import { alertRules } from './alert-rules.ts';
import { annotations } from './annotations.ts';
import { createAnnotation } from './create-annotation.ts';
import { dashboard } from './dashboard.ts';
import { datasourceHealth } from './datasource-health.ts';
import { datasources } from './datasources.ts';
import { folders } from './folders.ts';
import { panelQueries } from './panel-queries.ts';
import { runPanel } from './run-panel.ts';
import { search } from './search.ts';
import { updateDashboard } from './update-dashboard.ts';

/** Every tool of Grafana. */
export const tools = [
  search,
  dashboard,
  panelQueries,
  runPanel,
  datasources,
  datasourceHealth,
  annotations,
  alertRules,
  folders,
  createAnnotation,
  updateDashboard,
];
