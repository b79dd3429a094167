import { z } from 'zod';
import { consumersWithin } from '../consuming.ts';
import { Name } from '../names.ts';
import { queueIn } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

export const consumers = tool({
  name: 'rabbitmq_consumers',
  access: 'read',
  reach: 'sub',
  title: 'List consumers',
  description:
    'List who consumes from which queue: whether it acknowledges, how many messages it takes ahead, and whether it is active.',
  params: z.strictObject({ queue: Name.optional().describe('Only consumers of this queue') }),
  output: z.strictObject({
    consumers: z.array(
      z.strictObject({
        queue: z.string(),
        tag: z.string(),
        user: z.string(),
        connection: z.string(),
        acknowledges: z.boolean(),
        prefetch: z.number().describe('0 means without bound'),
        exclusive: z.boolean(),
        activity: z.string(),
      }),
    ),
    ...completeness,
  }),
  list: 'consumers',
  async run(context, { queue }) {
    const only = queue === undefined ? undefined : queueIn(context.target, queue).name;
    const all = (await consumersWithin(context)).filter(
      (one) => only === undefined || one.queue.name === only,
    );
    const { rows } = context.limits;
    const shown = all.slice(0, rows).map((one) => ({
      queue: one.queue.name,
      tag: one.consumer_tag,
      user: one.channel_details.user,
      connection: one.channel_details.connection_name,
      acknowledges: one.ack_required,
      prefetch: one.prefetch_count,
      exclusive: one.exclusive,
      activity: one.activity_status ?? (one.active === false ? 'waiting' : 'up'),
    }));
    return { consumers: shown, ...complete(all.length > rows, 'name one queue') };
  },
});
