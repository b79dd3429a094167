import { z } from 'zod';
import { complete, completeness, tool } from '../tool.ts';

export const listTopics = tool({
  name: 'kafka_list_topics',
  access: 'read',
  reach: 'sub',
  title: 'List topics',
  description:
    'List topics with their partitions, replication, and how many partitions lack replicas or a leader.',
  params: z.strictObject({
    prefix: z.string().max(249).default('').describe('Only names that begin with this; literal'),
    unhealthy: z.boolean().default(false).describe('Only topics that lack replicas or leaders'),
    count: z.number().int().min(1).max(500).default(100),
  }),
  output: z.strictObject({
    topics: z.array(
      z.strictObject({
        topic: z.string(),
        partitions: z.number(),
        replication_factor: z.number(),
        under_replicated: z.number(),
        without_leader: z.number(),
      }),
    ),
    ...completeness,
  }),
  list: 'topics',
  async run({ client, signal, limits }, { prefix, unhealthy, count }) {
    const all = (await client.topics(signal))
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, partitions }) => ({
        topic: name,
        partitions: partitions.length,
        replication_factor: Math.max(0, ...partitions.map(({ replicas }) => replicas.length)),
        under_replicated: partitions.filter(({ isr, replicas }) => isr.length < replicas.length).length,
        without_leader: partitions.filter(({ leader }) => leader < 0).length,
      }))
      .filter((one) => !unhealthy || one.under_replicated > 0 || one.without_leader > 0)
      .sort((a, b) => (a.topic < b.topic ? -1 : 1));
    const topics = all.slice(0, Math.min(count, limits.rows));
    return { topics, ...complete(topics.length < all.length, 'raise count, or give a prefix') };
  },
});
