import { defineService } from '../../toolset/define.ts';
import { advise } from './advise.ts';
import { OnCallConnection } from './connection.ts';
import type { OnCallTypes } from './tool.ts';
import { oncallPage } from './tools/oncall-page.ts';
import { oncallResolve } from './tools/oncall-resolve.ts';
import { oncallStatus } from './tools/oncall-status.ts';

/** The people on call, through the system that reaches them. */
export const onCall = defineService<OnCallTypes, typeof OnCallConnection>({
  type: 'on-call',
  prefix: 'oncall',
  layer: 'operations',
  title: 'On-call',
  description: 'The people on call, through PagerDuty, Alertmanager, Slack or a webhook.',
  connection: OnCallConnection,
  links: {
    pages: { description: 'Calls the people on call, and closes what it opened.' },
    operates: { description: 'Looks after it, and calls people through it.' },
    observes: { description: 'Sees what is open and who is on call.', access: 'read' },
  },
  tools: [oncallStatus, oncallPage, oncallResolve],
  connect: async () => (await import('./connect.ts')).connector,
  limits: { rows: 100 },
  blastRadius: 1,
  advise,
});
