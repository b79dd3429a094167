import { z } from 'zod';

const MOST_BYTES = 128 * 1024;

/**
 * Header names that publish further than the routing key says: RabbitMQ's sender-selected distribution sends a
 * copy to every key in them, and through the default exchange that is any queue of the virtual host.
 * @see https://www.rabbitmq.com/docs/sender-selected
 */
const COPYING = /^b?cc$/i;

const HeaderName = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'a header name is printable ASCII without spaces')
  .refine((name) => !COPYING.test(name), 'CC and BCC send copies to other queues and are refused')
  .refine((name) => !/^x-/i.test(name), 'headers that begin with x- are the broker’s own');

/** Properties of a message that a caller may set. Not reply_to, which would have another service write elsewhere. */
export const MessageProperties = z.strictObject({
  content_type: z.string().max(255).optional(),
  content_encoding: z.string().max(255).optional(),
  correlation_id: z.string().max(255).optional(),
  message_id: z.string().max(255).optional(),
  type: z.string().max(255).optional(),
  app_id: z.string().max(255).optional(),
  priority: z.number().int().min(0).max(255).optional(),
  headers: z
    .record(HeaderName, z.union([z.string().max(4096), z.number(), z.boolean()]))
    .optional()
    .describe('Headers of the application'),
});

/** A message's content: text, or base64 where `encoding` says so. */
export const Payload = z
  .string()
  .max(MOST_BYTES)
  .refine((text) => Buffer.byteLength(text) <= MOST_BYTES, `at most ${MOST_BYTES} bytes`);
