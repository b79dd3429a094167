import { z } from 'zod';
import type { Change, JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { TopicName } from '../names.ts';
import { topicRightsAhead } from '../rights.ts';
import { topicIn } from '../scope.ts';
import { asText, NewSettings } from '../settings.ts';
import { tool, type Writing } from '../tool.ts';

const Before = z.strictObject({ there: z.boolean() });
const After = z.strictObject({
  id: z.string(),
  partitions: z.number(),
  settings: z.record(z.string(), z.string()),
});

export const createTopic = tool({
  name: 'kafka_create_topic',
  access: 'write',
  reach: 'sub',
  title: 'Create a topic',
  description: 'Make one topic. Refused if it is there already.',
  params: z.strictObject({
    topic: TopicName,
    partitions: z.number().int().min(1).max(100),
    replication_factor: z.number().int().min(1).max(9).optional().describe('The cluster’s default if absent'),
    settings: NewSettings.default({}),
  }),
  output: z.strictObject({ topic: z.string(), id: z.string(), partitions: z.number() }),
  scope: (target, { topic, partitions }) => ({
    resources: [`${target.name}/topic:${topicIn(target, topic)}`],
    atMost: partitions,
  }),
  effect: {
    kind: 'create',
    way: 'deletes the topic while nobody changed it or wrote to it',
    async capture({ client, target, signal }, { topic }): Promise<JsonValue> {
      return { there: (await client.topic(topicIn(target, topic), signal)) !== undefined };
    },
    revert: takeDown,
    // Whether one may be made cannot be asked of a topic that is not there.
    precheck: async (context, { how, args, after }) =>
      how === 'redo' || after === null
        ? {}
        : topicRightsAhead(context, topicIn(context.target, args.topic), ['Delete']),
    async isBack({ client, target, signal }, { args, before }) {
      const isThere = (await client.topic(topicIn(target, args.topic), signal)) !== undefined;
      return isThere === Before.parse(before).there;
    },
  },
  async run(
    { client, target, signal, recordAfter },
    { topic: name, partitions, replication_factor, settings },
  ) {
    const topic = topicIn(target, name);
    const config = asText(settings);
    const wanted = { partitions, replicationFactor: replication_factor ?? -1, config };
    // The identifier is known from the answer alone, so it is recorded behind it: a crash in between leaves a topic
    // that the way back refuses to touch.
    const id = await client.createTopic(topic, wanted, signal);
    await recordAfter({ id, partitions, settings: config });
    return { topic: topic.name, id, partitions };
  },
});

/** Deletes a topic that was made here, if nobody changed it or ever wrote to it. */
async function takeDown(
  { client, target, signal }: Writing,
  { args, before, after }: Change<{ readonly topic: string }>,
): Promise<void> {
  const topic = topicIn(target, args.topic);
  const found = await client.topic(topic, signal);
  if (!found) return;
  if (after === null) {
    if (Before.parse(before).there) return;
    throw new ToolError('conflict', `${topic} is there now, and it is not known who made it`);
  }
  const made = After.parse(after);
  const changed = (what: string) => new ToolError('conflict', `somebody ${what} ${topic}; it stays as it is`);
  if (found.id !== made.id) throw changed('deleted and made again');
  if (found.partitions.length !== made.partitions) throw changed('added partitions to');
  const entries = (await client.config(topic, null, signal)) ?? [];
  const own = entries.filter(({ source }) => source === 'topic');
  const isSame =
    own.length === Object.keys(made.settings).length &&
    own.every(({ name, value }) => made.settings[name] === value);
  if (!isSame) throw changed('changed settings of');
  const ends = await client.offsets(found, 'latest', signal);
  if (found.partitions.some(({ partition }) => ends.get(partition) !== 0)) throw changed('wrote to');
  await client.deleteTopic(found, signal);
}
