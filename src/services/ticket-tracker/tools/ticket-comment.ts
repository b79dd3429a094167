import { z } from 'zod';
import { askerOf, CommentParams } from '../ticket.ts';
import { tool } from '../tool.ts';
import { madeBefore, writtenOnce } from '../way-back.ts';

export const ticketComment = tool({
  name: 'ticket_comment',
  access: 'write',
  title: 'Comment on a ticket',
  description: 'Add one comment to a ticket, once for a key. Taking it back deletes just that comment.',
  reach: 'component',
  informs: true,
  params: CommentParams,
  output: z.strictObject({ ticket: z.string(), comment: z.string(), created: z.boolean() }),
  effect: {
    kind: 'create',
    way: 'deletes the comment',
    unverifiable: 'a webhook shows no comments',
    async capture({ client, signal, grant, again }, args) {
      const isThere = await client.isCommentThere(args, signal);
      if (again && isThere)
        throw writtenOnce('a key writes one comment, and that of this one was written before');
      return { isThere, by: { ...askerOf(grant) } };
    },
    async isBack({ client, signal }, { args, before, after }) {
      const way = madeBefore(before, after);
      return !way || client.isCommentGone(args, way.made, signal);
    },
    async revert({ client, signal }, { args, before, after }) {
      const way = madeBefore(before, after);
      if (way) await client.withdrawComment(args, way.by, way.made, signal);
    },
  },
  scope: ({ name }, { ticket, idempotency_key: key }) => ({
    resources: [`${name}: ticket ${ticket}, comment ${key}`],
    atMost: 1,
  }),
  async run({ client, signal, grant, recordAfter }, args) {
    const made = await client.comment(args, askerOf(grant), signal);
    await recordAfter({ ...made });
    return { ticket: args.ticket, comment: made.id, created: made.created };
  },
});
