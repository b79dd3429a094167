import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { TopicName } from '../names.ts';
import { topicIn } from '../scope.ts';
import { asText, keepsLess, SafeSettings, settingsOf } from '../settings.ts';
import { tool } from '../tool.ts';

export const lowerRetention = tool({
  name: 'kafka_lower_retention',
  access: 'write',
  reach: 'sub',
  title: 'Lower the retention of a topic',
  description:
    'Keep messages of one topic for a shorter time or fewer bytes; what is beyond is deleted for good.',
  params: z
    .strictObject({
      topic: TopicName,
      retention: SafeSettings.pick({ 'retention.ms': true, 'retention.bytes': true }),
    })
    .refine(({ retention }) => Object.keys(asText(retention)).length > 0, 'give at least one retention'),
  output: z.strictObject({ topic: z.string(), retention: z.record(z.string(), z.string()) }),
  effect: { kind: 'destroy', irreversible: 'messages beyond the new retention cannot be brought back' },
  scope: (target, { topic }) => ({
    resources: [`${target.name}/topic:${topicIn(target, topic)}`],
    atMost: 1,
  }),
  async run(context, args) {
    const topic = topicIn(context.target, args.topic);
    const retention = asText(args.retention);
    const entries = await settingsOf(context, topic, Object.keys(retention));
    for (const [name, value] of Object.entries(retention)) {
      const now = entries.get(name)?.value;
      if (now !== undefined && now !== null && !keepsLess(value, now))
        throw new ToolError(
          'conflict',
          `${name} is ${now} now, which ${value} does not lower; nothing was changed`,
        );
    }
    await context.client.alterConfig(topic, Object.entries(retention), context.signal);
    return { topic: topic.name, retention };
  },
});
