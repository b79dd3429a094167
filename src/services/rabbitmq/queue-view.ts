import { z } from 'zod';
import type { Queue } from './api.ts';

const Figure = z.number().nullable();

/** One queue as the tools show it. */
export const QueueView = z.strictObject({
  name: z.string(),
  type: z.string(),
  state: z.string(),
  durable: z.boolean(),
  messages: Figure,
  messages_ready: Figure,
  messages_unacknowledged: Figure,
  consumers: Figure,
  memory: Figure.describe('Bytes'),
  policy: z.string().nullable(),
  rates: z.strictObject({ publish: Figure, deliver: Figure, acknowledge: Figure }).describe('A second'),
});
export type QueueView = z.output<typeof QueueView>;

/** What the broker has to send for a {@link QueueView}. */
export const QUEUE_COLUMNS: readonly string[] = [
  'name',
  'type',
  'state',
  'durable',
  'auto_delete',
  'arguments',
  'messages',
  'messages_ready',
  'messages_unacknowledged',
  'consumers',
  'memory',
  'policy',
  'message_stats.publish_details.rate',
  'message_stats.deliver_get_details.rate',
  'message_stats.ack_details.rate',
];

/** A queue as the tools show it; null where the broker has no figure yet. */
export function queueView(queue: Queue): QueueView {
  const stats = queue.message_stats ?? {};
  return {
    name: queue.name,
    type: queue.type ?? 'unknown',
    state: queue.state ?? 'unknown',
    durable: queue.durable,
    messages: queue.messages ?? null,
    messages_ready: queue.messages_ready ?? null,
    messages_unacknowledged: queue.messages_unacknowledged ?? null,
    consumers: queue.consumers ?? null,
    memory: queue.memory ?? null,
    policy: queue.policy ?? null,
    rates: {
      publish: stats.publish_details?.rate ?? null,
      deliver: stats.deliver_get_details?.rate ?? null,
      acknowledge: stats.ack_details?.rate ?? null,
    },
  };
}
