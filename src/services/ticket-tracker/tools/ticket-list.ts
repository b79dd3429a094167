import { z } from 'zod';
import { complete, completeness } from '../../../toolset/completeness.ts';
import { Ticket } from '../ticket.ts';
import { tool } from '../tool.ts';

export const ticketList = tool({
  name: 'ticket_list',
  access: 'read',
  title: 'List tickets',
  description:
    'List the tickets with the component’s label, newest first; people outside may have written them.',
  reach: 'component',
  params: z.strictObject({ state: z.enum(['open', 'all']).default('open') }),
  output: z.strictObject({ tickets: z.array(Ticket), ...completeness }),
  list: 'tickets',
  async run({ client, signal, limits }, { state }) {
    const { items, more } = await client.list(state, limits.rows, signal);
    return { tickets: [...items], ...complete(more, 'older tickets show in the tracker itself') };
  },
});
