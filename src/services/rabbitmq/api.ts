import { z } from 'zod';

/*
 * Shapes of the management API's answers, as far as they are read.
 * See https://www.rabbitmq.com/docs/http-api-reference
 */

/** Erlang has one empty value for lists and tables, so a table that is empty may come as an empty list. */
const tableOf = <S extends z.ZodType>(table: S) =>
  z.preprocess((value) => (Array.isArray(value) && value.length === 0 ? {} : value), table);

/** A table of AMQP. */
export const Table = tableOf(z.record(z.string(), z.json()));
export type Table = z.output<typeof Table>;

const Rate = z.object({ rate: z.number() });
const MessageStats = tableOf(
  z.object({
    publish_details: Rate.optional(),
    deliver_get_details: Rate.optional(),
    ack_details: Rate.optional(),
    redeliver_details: Rate.optional(),
    publish_in_details: Rate.optional(),
    publish_out_details: Rate.optional(),
  }),
);

/** Counts are absent until the broker has gathered them, a few seconds after a queue was made. */
const Count = z.number().nullish();

export const Queue = z.object({
  name: z.string(),
  type: z.string().optional(),
  durable: z.boolean(),
  auto_delete: z.boolean(),
  exclusive: z.boolean().optional(),
  arguments: Table,
  state: z.string().nullish(),
  messages: Count,
  messages_ready: Count,
  messages_unacknowledged: Count,
  message_bytes: Count,
  consumers: Count,
  memory: Count,
  policy: z.string().nullish(),
  operator_policy: z.string().nullish(),
  effective_policy_definition: Table.nullish(),
  idle_since: z.string().nullish(),
  node: z.string().optional(),
  leader: z.string().nullish(),
  members: z.array(z.string()).nullish(),
  online: z.array(z.string()).nullish(),
  message_stats: MessageStats.optional(),
});
export type Queue = z.output<typeof Queue>;

export const Exchange = z.object({
  name: z.string(),
  type: z.string(),
  durable: z.boolean(),
  auto_delete: z.boolean(),
  internal: z.boolean(),
  arguments: Table,
  policy: z.string().nullish(),
  message_stats: MessageStats.optional(),
});
export type Exchange = z.output<typeof Exchange>;

/** One page of a paged list. */
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), page_count: z.number() });

export const Binding = z.object({
  source: z.string(),
  destination: z.string(),
  destination_type: z.enum(['queue', 'exchange']),
  routing_key: z.string(),
  arguments: Table,
  /** The broker's own name of the binding, under which it is deleted. */
  properties_key: z.string(),
});
export type Binding = z.output<typeof Binding>;

export const Policy = z.object({
  name: z.string(),
  pattern: z.string(),
  'apply-to': z.string(),
  definition: Table,
  priority: z.number(),
});
export type Policy = z.output<typeof Policy>;

export const Node = z.object({
  name: z.string(),
  type: z.string().optional(),
  running: z.boolean(),
  uptime: z.number().optional(),
  mem_used: z.number().optional(),
  mem_limit: z.union([z.number(), z.string()]).optional(),
  mem_alarm: z.boolean().optional(),
  disk_free: z.union([z.number(), z.string()]).optional(),
  disk_free_limit: z.union([z.number(), z.string()]).optional(),
  disk_free_alarm: z.boolean().optional(),
  fd_used: z.number().optional(),
  fd_total: z.number().optional(),
  sockets_used: z.number().optional(),
  sockets_total: z.number().optional(),
  proc_used: z.number().optional(),
  proc_total: z.number().optional(),
  run_queue: z.number().optional(),
  partitions: z.array(z.string()).optional(),
  being_drained: z.boolean().optional(),
});
export type Node = z.output<typeof Node>;

export const Connection = z.object({
  name: z.string(),
  user: z.string().optional(),
  state: z.string().nullish(),
  protocol: z.string().nullish(),
  channels: z.number().nullish(),
  peer_host: z.string().nullish(),
  node: z.string().optional(),
  connected_at: z.number().nullish(),
  ssl: z.boolean().nullish(),
  client_properties: tableOf(
    z.object({
      connection_name: z.string().optional(),
      product: z.string().optional(),
      version: z.string().optional(),
    }),
  ).optional(),
});
export type Connection = z.output<typeof Connection>;

export const Consumer = z.object({
  consumer_tag: z.string(),
  queue: z.object({ name: z.string() }),
  ack_required: z.boolean(),
  prefetch_count: z.number(),
  exclusive: z.boolean(),
  active: z.boolean().optional(),
  activity_status: z.string().optional(),
  channel_details: tableOf(
    z.object({ connection_name: z.string().default(''), user: z.string().default('') }),
  ),
});
export type Consumer = z.output<typeof Consumer>;

export const Overview = z.object({
  rabbitmq_version: z.string(),
  erlang_version: z.string(),
  cluster_name: z.string(),
  object_totals: z.record(z.string(), z.number()).optional(),
  queue_totals: tableOf(
    z.object({
      messages: z.number().optional(),
      messages_ready: z.number().optional(),
      messages_unacknowledged: z.number().optional(),
    }),
  ).optional(),
  message_stats: MessageStats.optional(),
  listeners: z.array(z.object({ protocol: z.string(), port: z.number() })).optional(),
});

export const Message = z.object({
  payload: z.string(),
  payload_encoding: z.enum(['string', 'base64']),
  payload_bytes: z.number(),
  redelivered: z.boolean(),
  exchange: z.string(),
  routing_key: z.string(),
  message_count: z.number(),
  properties: Table,
});

export const Published = z.object({ routed: z.boolean() });

/** Who is logged in. */
export const WhoAmI = z.object({ tags: z.array(z.string()) });

/** What an account may do in one virtual host: three regular expressions over names of queues and exchanges. */
export const Permission = z.object({ configure: z.string(), write: z.string(), read: z.string() });
export type Permission = z.output<typeof Permission>;
