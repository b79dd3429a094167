import { z } from 'zod';
import { scopeOf } from '../../../toolset/label-scope.ts';
import { AlertView, alertFields, alertView, isIn, queryOf } from '../alert-view.ts';
import { complete, completeness, tool } from '../tool.ts';

export const amAlerts = tool({
  name: 'am_alerts',
  access: 'read',
  title: 'List alerts',
  description:
    'List the alerts that Alertmanager holds now, silenced and inhibited ones included, among those that carry the link’s labels.',
  reach: 'sub',
  params: z.strictObject(alertFields),
  output: z.strictObject({ alerts: z.array(AlertView), ...completeness }),
  list: 'alerts',
  async run({ client, target, signal, limits }, args) {
    const found = await client.alerts(scopeOf(target), queryOf(args), signal);
    const visible = found.filter((alert) => isIn(args.state, alert));
    const alerts = visible.slice(0, limits.rows).map(alertView);
    return { alerts, ...complete(visible.length > alerts.length, 'add matchers, a receiver or a state') };
  },
});
