import { z } from 'zod';
import { isInScope, scopeOf } from '../../../toolset/label-scope.ts';
import { AlertData, LabelSet } from '../api.ts';
import { complete, completeness, tool } from '../tool.ts';

export const promAlerts = tool({
  name: 'prom_alerts',
  access: 'read',
  title: 'List active alerts',
  description: 'List the alerts that are pending or firing now, among those that carry the link’s labels.',
  reach: 'sub',
  params: z.strictObject({
    state: z.enum(['firing', 'pending']).optional(),
    name: z.string().max(200).optional().describe('Only alerts of just this name'),
  }),
  output: z.strictObject({
    alerts: z.array(
      z.strictObject({
        name: z.string(),
        state: z.string(),
        since: z.string().optional(),
        value: z.string().optional(),
        labels: LabelSet,
        annotations: LabelSet,
      }),
    ),
    ...completeness,
  }),
  list: 'alerts',
  async run({ client, target, signal, limits }, { state, name }) {
    const scope = scopeOf(target);
    const { data, warnings } = await client.ask(
      { method: 'GET', path: ['alerts'], params: [], data: AlertData },
      { signal, limits },
    );
    // The endpoint takes no matchers, so what others may see is sorted out here.
    const visible = data.alerts
      .filter((alert) => isInScope(alert.labels, scope))
      .filter((alert) => state === undefined || alert.state === state)
      .filter((alert) => name === undefined || alert.labels.alertname === name);
    const alerts = visible
      .slice(0, limits.rows)
      .map(({ labels, annotations, activeAt, value, ...alert }) => ({
        name: labels.alertname ?? '',
        state: alert.state,
        ...(activeAt ? { since: activeAt } : {}),
        ...(value === undefined ? {} : { value }),
        labels,
        annotations: annotations ?? {},
      }));
    return { alerts, ...complete(visible.length > alerts.length, 'ask for one name or state', warnings) };
  },
});
