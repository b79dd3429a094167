import { z } from 'zod';
import { Exchange } from '../api.ts';
import { list } from '../listing.ts';
import { redactedTable } from '../redact.ts';
import { complete, completeness, tool } from '../tool.ts';

const Figure = z.number().nullable();
const COLUMNS = [
  'name',
  'type',
  'durable',
  'auto_delete',
  'internal',
  'arguments',
  'policy',
  'message_stats.publish_in_details.rate',
  'message_stats.publish_out_details.rate',
];

const View = z.strictObject({
  name: z.string(),
  type: z.string(),
  durable: z.boolean(),
  auto_delete: z.boolean(),
  internal: z.boolean(),
  arguments: z.record(z.string(), z.json()),
  policy: z.string().nullable(),
  rate_in: Figure.describe('Messages a second into it'),
  rate_out: Figure.describe('Messages a second out of it, into queues'),
});

export const exchanges = tool({
  name: 'rabbitmq_exchanges',
  access: 'read',
  reach: 'sub',
  title: 'List exchanges',
  description:
    'List exchanges with their type, settings and message rates. The default exchange is left out.',
  params: z.strictObject({
    prefix: z.string().max(255).default('').describe('Only names that begin with this; literal'),
  }),
  output: z.strictObject({ exchanges: z.array(View), ...completeness }),
  list: 'exchanges',
  async run({ client, target, signal, limits }, { prefix }) {
    const most = limits.rows + 1;
    const all = await list(
      client,
      { target, kind: 'exchange', shape: Exchange, columns: COLUMNS, prefix, most },
      signal,
    );
    return {
      exchanges: all.slice(0, limits.rows).map(view),
      ...complete(all.length > limits.rows, 'give a longer prefix'),
    };
  },
});

const view = ({ message_stats: stats = {}, policy, ...exchange }: Exchange): z.output<typeof View> => ({
  ...exchange,
  arguments: redactedTable(exchange.arguments),
  policy: policy ?? null,
  rate_in: stats.publish_in_details?.rate ?? null,
  rate_out: stats.publish_out_details?.rate ?? null,
});
