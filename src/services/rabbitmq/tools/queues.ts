import { z } from 'zod';
import { Queue } from '../api.ts';
import { list } from '../listing.ts';
import { QUEUE_COLUMNS, QueueView, queueView } from '../queue-view.ts';
import { complete, completeness, tool } from '../tool.ts';

const ORDERS = ['name', 'messages', 'messages_unacknowledged', 'memory'] as const;
/** Sorting by a figure needs all of them; past this many the answer says so. */
const MOST_SORTED = 10_000;

export const queues = tool({
  name: 'rabbitmq_queues',
  access: 'read',
  reach: 'sub',
  title: 'List queues',
  description:
    'List queues with their type, messages, consumers and rates per second. Counts lag by a few seconds and are null until the broker has them.',
  params: z.strictObject({
    prefix: z.string().max(255).default('').describe('Only names that begin with this; literal'),
    sort: z.enum(ORDERS).default('name').describe('By name, or the greatest figure first'),
    without_consumers: z.boolean().default(false).describe('Only queues that nobody consumes from'),
    count: z.number().int().min(1).max(500).default(100),
  }),
  output: z.strictObject({ queues: z.array(QueueView), ...completeness }),
  list: 'queues',
  async run({ client, target, signal, limits }, { prefix, sort, without_consumers, count }) {
    const all = await list(
      client,
      { target, kind: 'queue', shape: Queue, columns: QUEUE_COLUMNS, prefix, most: MOST_SORTED },
      signal,
    );
    const views = all.map(queueView).filter(({ consumers }) => !without_consumers || consumers === 0);
    if (sort !== 'name') views.sort((a, b) => (b[sort] ?? 0) - (a[sort] ?? 0));
    const shown = views.slice(0, Math.min(count, limits.rows));
    const isCut = shown.length < views.length || all.length === MOST_SORTED;
    return { queues: shown, ...complete(isCut, 'raise count, or give a prefix') };
  },
});
