import { z } from 'zod';
import { complete, completeness } from '../../../toolset/completeness.ts';
import { Comment, Ticket, TicketId } from '../ticket.ts';
import { tool } from '../tool.ts';

export const ticketGet = tool({
  name: 'ticket_get',
  access: 'read',
  title: 'Read a ticket',
  description: 'Read one ticket with its newest comments; people outside may have written them.',
  reach: 'component',
  params: z.strictObject({ ticket: TicketId }),
  output: z.strictObject({
    ...Ticket.shape,
    body: z.string(),
    comments: z.array(Comment).describe('The oldest first'),
    ...completeness,
  }),
  list: 'comments',
  async run({ client, signal, limits }, { ticket: id }) {
    const { ticket, body } = await client.read(id, signal);
    const { items, more } = await client.recentComments(id, limits.rows, signal);
    const comments = items.map(({ comment }) => comment);
    return { ...ticket, body, comments, ...complete(more, 'older comments show in the tracker itself') };
  },
});
