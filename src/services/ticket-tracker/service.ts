import { defineService } from '../../toolset/define.ts';
import { advise } from './advise.ts';
import { TicketConnection } from './connection.ts';
import type { TicketTypes } from './tool.ts';
import { ticketComment } from './tools/ticket-comment.ts';
import { ticketGet } from './tools/ticket-get.ts';
import { ticketList } from './tools/ticket-list.ts';
import { ticketOpen } from './tools/ticket-open.ts';

/** Tickets of one GitHub repository or Jira project, or of whatever takes a webhook. */
export const ticketTracker = defineService<TicketTypes, typeof TicketConnection>({
  type: 'ticket-tracker',
  prefix: 'ticket',
  layer: 'operations',
  title: 'Ticket tracker',
  description: 'Tickets in one GitHub repository or Jira project, or behind a webhook.',
  connection: TicketConnection,
  links: {
    files: { description: 'Opens tickets and comments on them.' },
    operates: { description: 'Looks after it, and opens tickets.' },
    observes: { description: 'Reads tickets.', access: 'read' },
  },
  tools: [ticketList, ticketGet, ticketOpen, ticketComment],
  connect: async () => (await import('./connect.ts')).connector,
  limits: { rows: 100 },
  blastRadius: 1,
  advise,
});
