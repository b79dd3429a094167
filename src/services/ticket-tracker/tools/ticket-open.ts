import { z } from 'zod';
import type { WriteContext } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { askerOf, OpenParams } from '../ticket.ts';
import { type TicketTypes, tool } from '../tool.ts';
import { madeBefore, writtenOnce } from '../way-back.ts';

export const ticketOpen = tool({
  name: 'ticket_open',
  access: 'write',
  title: 'Open a ticket',
  description:
    'Open one ticket, once for a key. Taking it back closes it with a comment, unless somebody took it up.',
  reach: 'component',
  informs: true,
  params: OpenParams,
  output: z.strictObject({ ticket: z.string(), created: z.boolean() }),
  effect: {
    kind: 'create',
    way: 'closes the ticket with a comment; it stays to be read',
    unverifiable: 'a webhook shows no tickets',
    async capture(context, args) {
      assertLabels(context, args);
      const { client, signal, grant, again } = context;
      const isThere = await client.isTicketThere(args.idempotency_key, signal);
      if (again && isThere)
        throw writtenOnce('a key opens one ticket, and that of this one was closed when it was taken back');
      return { isThere, by: { ...askerOf(grant) } };
    },
    async isBack({ client, signal }, { args, before, after }) {
      const way = madeBefore(before, after);
      return !way || client.isWithdrawn(args, way.made, signal);
    },
    async revert({ client, signal }, { args, before, after }) {
      const way = madeBefore(before, after);
      if (way) await client.withdraw(args, way.by, way.made, signal);
    },
  },
  scope: ({ name }, { idempotency_key: key }) => ({ resources: [`${name}: ticket ${key}`], atMost: 1 }),
  async run({ client, signal, grant, recordAfter }, args) {
    const made = await client.open(args, askerOf(grant), signal);
    await recordAfter({ ...made });
    return { ticket: made.id, created: made.created };
  },
});

function assertLabels({ client }: WriteContext<TicketTypes>, { labels }: OpenParams): void {
  const strange = labels.find((label) => !client.labels.includes(label));
  if (strange !== undefined)
    throw new ToolError(
      'invalid_arguments',
      `${JSON.stringify(strange)} is none of the labels that the topology lets be set: ${client.labels.join(', ') || 'none'}`,
    );
}
