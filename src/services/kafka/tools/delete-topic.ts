import { z } from 'zod';
import { TopicName } from '../names.ts';
import { stateOf } from '../position.ts';
import { topicIn } from '../scope.ts';
import { tool } from '../tool.ts';

export const deleteTopic = tool({
  name: 'kafka_delete_topic',
  access: 'write',
  reach: 'sub',
  title: 'Delete a topic',
  description: 'Delete one topic and every message in it.',
  params: z.strictObject({ topic: TopicName }),
  output: z.strictObject({ topic: z.string(), deleted: z.boolean() }),
  effect: { kind: 'destroy', irreversible: 'the messages cannot be brought back' },
  scope: (target, { topic }) => ({
    resources: [`${target.name}/topic:${topicIn(target, topic)}`],
    atMost: 1,
  }),
  async run(context, args) {
    const state = await stateOf(context, topicIn(context.target, args.topic));
    await context.client.deleteTopic(state, context.signal);
    return { topic: state.name, deleted: true };
  },
});
