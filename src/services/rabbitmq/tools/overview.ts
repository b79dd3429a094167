import { z } from 'zod';
import { Overview } from '../api.ts';
import { tool } from '../tool.ts';

const Figure = z.number().nullable();

export const overview = tool({
  name: 'rabbitmq_overview',
  access: 'read',
  reach: 'component',
  title: 'Broker at a glance',
  description:
    'Version, cluster name, how many queues, connections and messages there are in all, and message rates per second. Counts lag by a few seconds.',
  params: z.strictObject({}),
  output: z.strictObject({
    version: z.string(),
    erlang: z.string(),
    cluster: z.string(),
    objects: z.record(z.string(), z.number()),
    messages: z.strictObject({ ready: Figure, unacknowledged: Figure, total: Figure }),
    rates: z.strictObject({ publish: Figure, deliver: Figure, acknowledge: Figure, redeliver: Figure }),
    listeners: z.array(z.strictObject({ protocol: z.string(), port: z.number() })),
  }),
  async run({ client, signal }) {
    const found = await client.get({ path: ['overview'], shape: Overview }, signal);
    const { queue_totals: totals = {}, message_stats: stats = {} } = found;
    return {
      version: found.rabbitmq_version,
      erlang: found.erlang_version,
      cluster: found.cluster_name,
      objects: found.object_totals ?? {},
      messages: {
        ready: totals.messages_ready ?? null,
        unacknowledged: totals.messages_unacknowledged ?? null,
        total: totals.messages ?? null,
      },
      rates: {
        publish: stats.publish_details?.rate ?? null,
        deliver: stats.deliver_get_details?.rate ?? null,
        acknowledge: stats.ack_details?.rate ?? null,
        redeliver: stats.redeliver_details?.rate ?? null,
      },
      listeners: (found.listeners ?? []).map(({ protocol, port }) => ({ protocol, port })),
    };
  },
});
