import { z } from 'zod';
import { TopicName } from '../names.ts';
import { stateOf } from '../position.ts';
import { topicIn } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

const Nodes = z.array(z.number());

export const describeTopic = tool({
  name: 'kafka_describe_topic',
  access: 'read',
  reach: 'sub',
  title: 'Describe a topic',
  description:
    'Partitions of one topic with leader, replicas and in-sync replicas, as broker numbers; leader -1 is none.',
  params: z.strictObject({ topic: TopicName }),
  output: z.strictObject({
    topic: z.string(),
    id: z.string(),
    partition_count: z.number(),
    partitions: z.array(
      z.strictObject({
        partition: z.number(),
        leader: z.number(),
        replicas: Nodes,
        isr: Nodes,
        offline: Nodes,
      }),
    ),
    ...completeness,
  }),
  list: 'partitions',
  async run(context, args) {
    const { name, id, partitions } = await stateOf(context, topicIn(context.target, args.topic));
    const shown = partitions.slice(0, context.limits.rows);
    return {
      topic: name,
      id,
      partition_count: partitions.length,
      partitions: shown.map(({ replicas, isr, offline, ...one }) => ({
        ...one,
        replicas: [...replicas],
        isr: [...isr],
        offline: [...offline],
      })),
      ...complete(shown.length < partitions.length, 'only the first partitions are shown'),
    };
  },
});
