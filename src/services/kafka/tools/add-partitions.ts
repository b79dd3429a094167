import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { TopicName } from '../names.ts';
import { stateOf } from '../position.ts';
import { topicIn } from '../scope.ts';
import { tool } from '../tool.ts';

export const addPartitions = tool({
  name: 'kafka_add_partitions',
  access: 'write',
  reach: 'sub',
  title: 'Add partitions to a topic',
  description:
    'Add partitions to one topic. Keys then go to other partitions than before, which breaks their order.',
  params: z
    .strictObject({
      topic: TopicName,
      from: z.number().int().min(1).describe('Partitions that it has now'),
      to: z.number().int().min(2).max(10_000),
    })
    .refine(({ from, to }) => to > from, 'to must be more than from'),
  output: z.strictObject({ topic: z.string(), partitions: z.number() }),
  effect: { kind: 'update', irreversible: 'a topic never gets fewer partitions' },
  scope: (target, { topic, from, to }) => ({
    resources: [`${target.name}/topic:${topicIn(target, topic)}`],
    atMost: to - from,
  }),
  async run(context, { topic: name, from, to }) {
    const topic = topicIn(context.target, name);
    const { partitions } = await stateOf(context, topic);
    if (partitions.length !== from)
      throw new ToolError('conflict', `${topic} has ${partitions.length} partitions; nothing was changed`);
    await context.client.addPartitions(topic, to, context.signal);
    return { topic: topic.name, partitions: to };
  },
});
