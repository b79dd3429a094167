import { z } from 'zod';
import type { JsonValue } from '../../toolset/define.ts';
import { Name, RoutingKey } from './names.ts';

/** What a queue can be declared with. Anything that the broker would take besides is left out on purpose. */
export const QueueSettings = z.strictObject({
  type: z
    .enum(['classic', 'quorum'])
    .default('quorum')
    .describe('quorum is replicated; it is always durable'),
  durable: z.boolean().default(true).describe('Outlives a restart of the broker'),
  message_ttl_ms: z
    .number()
    .int()
    .min(0)
    .max(2_592_000_000)
    .optional()
    .describe('Messages are dropped after this'),
  expires_ms: z
    .number()
    .int()
    .min(1000)
    .max(2_592_000_000)
    .optional()
    .describe('The queue goes when unused this long'),
  max_length: z.number().int().min(1).optional(),
  max_length_bytes: z.number().int().min(1).optional(),
  overflow: z.enum(['drop-head', 'reject-publish']).optional(),
  delivery_limit: z.number().int().min(1).optional().describe('Of quorum queues'),
  max_priority: z.number().int().min(1).max(10).optional().describe('Of classic queues'),
  single_active_consumer: z.boolean().optional(),
  dead_letter_exchange: Name.optional().describe('Where dropped messages go; must be within the target'),
  dead_letter_routing_key: RoutingKey.optional(),
});
export type QueueSettings = z.output<typeof QueueSettings>;

const NAMES = {
  type: 'x-queue-type',
  message_ttl_ms: 'x-message-ttl',
  expires_ms: 'x-expires',
  max_length: 'x-max-length',
  max_length_bytes: 'x-max-length-bytes',
  overflow: 'x-overflow',
  delivery_limit: 'x-delivery-limit',
  max_priority: 'x-max-priority',
  single_active_consumer: 'x-single-active-consumer',
  dead_letter_exchange: 'x-dead-letter-exchange',
  dead_letter_routing_key: 'x-dead-letter-routing-key',
} as const satisfies Partial<Record<keyof QueueSettings, string>>;

/** The optional arguments of `queue.declare`. */
export function argumentsOf(settings: QueueSettings): Record<string, JsonValue> {
  const table: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(settings))
    if (isArgument(key) && value !== undefined) table[NAMES[key]] = value;
  return table;
}

const isArgument = (key: string): key is keyof typeof NAMES => Object.hasOwn(NAMES, key);
