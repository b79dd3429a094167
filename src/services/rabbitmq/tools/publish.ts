import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { Published } from '../api.ts';
import type { Path } from '../client.ts';
import { MessageProperties, Payload } from '../message.ts';
import { Name, RoutingKey } from '../names.ts';
import { ownQueueIn, usedExchangeIn } from '../scope.ts';
import { tool, type Writing } from '../tool.ts';

const Params = z
  .strictObject({
    exchange: Name.optional().describe('Publish here, with routing_key'),
    routing_key: RoutingKey.optional(),
    queue: Name.optional().describe('Or put it into this one queue'),
    payload: Payload,
    encoding: z.enum(['text', 'base64']).default('text'),
    persistent: z.boolean().default(true).describe('Whether it outlives a restart of the broker'),
    properties: MessageProperties.default({}),
  })
  .refine(
    ({ exchange, queue }) => (exchange === undefined) !== (queue === undefined),
    'give either exchange or queue',
  )
  .refine(
    ({ exchange, routing_key }) => (exchange === undefined) === (routing_key === undefined),
    'routing_key goes with exchange, and is needed there; it may be empty',
  );
type Params = z.output<typeof Params>;

export const publish = tool({
  name: 'rabbitmq_publish',
  access: 'write',
  reach: 'sub',
  title: 'Publish a message',
  description:
    'Publish one message to an exchange, or into one queue. Says whether any queue took it; a message that none took is gone.',
  params: Params,
  output: z.strictObject({ routed: z.boolean(), payload_bytes: z.number().int() }),
  effect: { kind: 'create', irreversible: 'a consumer may take the message at once' },
  scope: (target, args) => ({ resources: [`${target.name}/${placeOf(target, args).label}`], atMost: 1 }),
  async run({ client, target, signal }, args) {
    const bytes = bytesOf(args);
    const { vhost, exchange, key } = placeOf(target, args);
    const path: Path = ['exchanges', vhost, exchange, 'publish'];
    const body = {
      properties: { ...args.properties, delivery_mode: args.persistent ? 2 : 1 },
      routing_key: key,
      payload: args.payload,
      payload_encoding: args.encoding === 'base64' ? 'base64' : 'string',
    };
    const { routed } = await client.exchange({ method: 'POST', path, body, shape: Published }, signal);
    return { routed, payload_bytes: bytes };
  },
});

/** Where a message goes: an exchange with a key, or the default exchange with the name of one queue. */
function placeOf(target: Writing['target'], { exchange, routing_key, queue }: Params) {
  if (queue !== undefined) {
    const { vhost, name } = ownQueueIn(target, queue);
    return { vhost, exchange: 'amq.default', key: name, label: `queue:${name}` };
  }
  const { vhost, name } = usedExchangeIn(target, exchange ?? '');
  return { vhost, exchange: name, key: routing_key ?? '', label: `exchange:${name}` };
}

function bytesOf({ payload, encoding }: Params): number {
  if (encoding === 'text') return Buffer.byteLength(payload);
  const bytes = Buffer.from(payload, 'base64');
  if (bytes.toString('base64') !== payload) throw new ToolError('invalid_arguments', 'payload: not base64');
  return bytes.length;
}
