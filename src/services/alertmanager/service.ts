import { defineService } from '../../toolset/define.ts';
import { LabelScope } from '../../toolset/label-scope.ts';
import { AlertmanagerConnection } from './connection.ts';
import type { AlertmanagerTypes } from './tool.ts';
import { amAlerts } from './tools/am-alerts.ts';
import { amCreateSilence } from './tools/am-create-silence.ts';
import { amExpireSilence } from './tools/am-expire-silence.ts';
import { amGroups } from './tools/am-groups.ts';
import { amReceivers } from './tools/am-receivers.ts';
import { amSilences } from './tools/am-silences.ts';
import { amStatus } from './tools/am-status.ts';

/** Alertmanager, or a server with its HTTP API v2 such as Mimir's. */
export const alertmanager = defineService<AlertmanagerTypes, typeof AlertmanagerConnection>({
  type: 'alertmanager',
  layer: 'observability',
  title: 'Alertmanager',
  description: 'Alerts, their grouping and silences of a Prometheus Alertmanager 0.22 or later, or of Mimir.',
  prefix: 'am',
  connection: AlertmanagerConnection,
  subComponents: {
    key: 'scopes',
    singular: 'label scope',
    entry: LabelScope,
    narrowable: [],
    required: false,
  },
  links: {
    observes: { description: 'Reads alerts and silences.', access: 'read' },
    monitors: { description: 'Watches alerts to act on them.', access: 'read' },
    alerts_through: { description: 'Sends its alerts there.', access: 'read' },
    operates: { description: 'Reads alerts, and silences them where writes are on.' },
  },
  tools: [amAlerts, amGroups, amSilences, amStatus, amReceivers, amCreateSilence, amExpireSilence],
  configuration: [
    {
      tool: 'am_silences',
      list: 'silences',
      key: ['id'],
      fields: ['matchers', 'ends_at', 'created_by', 'comment'],
    },
  ],
  connect: async () => (await import('./connect.ts')).connector,
  blastRadius: 1,
  advise: (_component, access) => [
    `Alertmanager itself knows no rights; let a proxy before it pass GET below /api/v2${
      access === 'write' ? ', POST /api/v2/silences and DELETE /api/v2/silence/*' : ''
    }, and nothing else, to this account`,
  ],
});
