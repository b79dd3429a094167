import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { TopicName } from '../names.ts';
import { topicIn } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

export const topicConfig = tool({
  name: 'kafka_topic_config',
  access: 'read',
  reach: 'sub',
  title: 'Settings of a topic',
  description: 'Settings of one topic and where each comes from. Sensitive values are null.',
  params: z.strictObject({
    topic: TopicName,
    all: z.boolean().default(false).describe('Also those that the topic does not set itself'),
  }),
  output: z.strictObject({
    topic: z.string(),
    settings: z.array(
      z.strictObject({
        name: z.string(),
        value: z.string().nullable(),
        source: z.enum(['topic', 'broker', 'default', 'unknown']),
        inherited: z.string().nullable().describe('In effect if the topic did not set it'),
      }),
    ),
    ...completeness,
  }),
  list: 'settings',
  async run({ client, target, signal, limits }, args) {
    const topic = topicIn(target, args.topic);
    const entries = await client.config(topic, null, signal);
    if (!entries) throw new ToolError('not_found', `there is no topic ${topic}`);
    const wanted = entries
      .filter(({ source }) => args.all || source === 'topic')
      .map(({ name, value, source, inherited }) => ({ name, value, source, inherited }));
    const settings = wanted.slice(0, limits.rows);
    return {
      topic: topic.name,
      settings,
      ...complete(settings.length < wanted.length, 'leave all out to see the topic’s own settings'),
    };
  },
});
