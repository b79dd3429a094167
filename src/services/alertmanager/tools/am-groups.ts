import { z } from 'zod';
import { scopeOf } from '../../../toolset/label-scope.ts';
import { AlertView, alertFields, alertView, isIn, queryOf } from '../alert-view.ts';
import { complete, completeness, tool } from '../tool.ts';

const GroupView = z.strictObject({
  receiver: z.string(),
  labels: z.record(z.string(), z.string()),
  total: z.number().int().describe('Alerts in the group that were asked for'),
  alerts: z.array(AlertView.omit({ receivers: true })),
});

export const amGroups = tool({
  name: 'am_groups',
  access: 'read',
  title: 'List alert groups',
  description:
    'List the alerts as they are grouped for notification, each group with its receiver, among those that carry the link’s labels.',
  reach: 'sub',
  params: z.strictObject(alertFields),
  output: z.strictObject({ groups: z.array(GroupView), ...completeness }),
  list: 'groups',
  async run({ client, target, signal, limits }, args) {
    const found = await client.groups(scopeOf(target), queryOf(args), signal);
    let left = limits.rows;
    let cut = false;
    const groups: z.output<typeof GroupView>[] = [];
    for (const group of found) {
      const wanted = group.alerts.filter((alert) => isIn(args.state, alert));
      if (wanted.length === 0) continue;
      const kept = wanted.slice(0, left);
      cut ||= kept.length < wanted.length;
      if (kept.length === 0) break;
      left -= kept.length;
      const alerts = kept.map(alertView).map(({ receivers: _, ...alert }) => alert);
      groups.push({ receiver: group.receiver.name, labels: group.labels, total: wanted.length, alerts });
    }
    return { groups, ...complete(cut, 'add matchers, a receiver or a state') };
  },
});
