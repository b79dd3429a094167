import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { Message } from '../api.ts';
import { findQueue, pathOf } from '../definitions.ts';
import { Name } from '../names.ts';
import { redactedTable } from '../redact.ts';
import { ownQueueIn } from '../scope.ts';
import { tool } from '../tool.ts';

const MOST_MESSAGES = 20;

/**
 * A write, although it only looks: the management API has no look that leaves a queue as it was. On a classic
 * queue the messages are marked as redelivered and the queue's expiry begins anew. On a quorum queue each look
 * also counts as a delivery, and at the delivery limit the broker drops the message, so that is refused.
 */
export const peek = tool({
  name: 'rabbitmq_peek',
  access: 'write',
  reach: 'sub',
  title: 'Look at messages',
  description:
    'Take the first messages of a classic queue and put them back at once. It leaves a mark: they count as redelivered, and consumers may see them later than others. Refused on quorum queues and streams.',
  params: z.strictObject({
    queue: Name,
    count: z.number().int().min(1).max(MOST_MESSAGES).default(1),
    bytes: z.number().int().min(0).max(65_536).default(4096).describe('Show no more than this of each'),
  }),
  output: z.strictObject({
    messages: z.array(
      z.strictObject({
        payload: z.string(),
        encoding: z.enum(['text', 'base64']),
        payload_bytes: z.number(),
        redelivered: z.boolean(),
        exchange: z.string(),
        routing_key: z.string(),
        properties: z.record(z.string(), z.json()),
      }),
    ),
    left: z.number().describe('Messages behind the last one shown'),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'messages',
  effect: { kind: 'update', irreversible: 'the messages stay marked as redelivered' },
  scope: (target, { queue, count }) => ({
    resources: [`${target.name}/queue:${ownQueueIn(target, queue)}`],
    atMost: count,
  }),
  async run({ client, target, signal }, args) {
    const queue = ownQueueIn(target, args.queue);
    const found = await findQueue(client, queue, signal);
    if (!found) throw new ToolError('not_found', `there is no queue ${queue}`);
    if (found.type !== 'classic')
      throw new ToolError(
        'conflict',
        `${queue} is of type ${found.type}, where looking uses up deliveries; nothing was read`,
      );
    const body = { count: args.count, ackmode: 'ack_requeue_true', encoding: 'auto', truncate: args.bytes };
    const order = { method: 'POST', path: pathOf(queue, 'get'), body, shape: z.array(Message) } as const;
    const messages = await client.exchange(order, signal);
    const isCut = messages.some((one) => bytesIn(one) < one.payload_bytes);
    return {
      messages: messages.map(view),
      left: messages.at(-1)?.message_count ?? 0,
      truncated: isCut,
      ...(isCut ? { hint: 'raise bytes to see more of each message' } : {}),
    };
  },
});

const bytesIn = ({ payload, payload_encoding }: z.output<typeof Message>) =>
  Buffer.byteLength(payload, payload_encoding === 'base64' ? 'base64' : 'utf8');

const view = ({ payload_encoding, properties, message_count: _, ...message }: z.output<typeof Message>) => ({
  ...message,
  encoding: payload_encoding === 'base64' ? ('base64' as const) : ('text' as const),
  properties: redactedTable(properties),
});
