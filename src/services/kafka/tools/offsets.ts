import { z } from 'zod';
import { TopicName } from '../names.ts';
import { boundsOf, Instant, stateOf } from '../position.ts';
import { topicIn } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

const Offset = z.number().nullable();

export const offsets = tool({
  name: 'kafka_offsets',
  access: 'read',
  reach: 'sub',
  title: 'Offsets of a topic',
  description:
    'First offset and end of each partition, and where a time begins. Null is a partition without a leader, or no message that late.',
  params: z.strictObject({
    topic: TopicName,
    time: Instant.optional().describe('Also the first offset since then, ISO 8601 with a zone'),
  }),
  output: z.strictObject({
    topic: z.string(),
    partitions: z.array(
      z.strictObject({ partition: z.number(), earliest: Offset, latest: Offset, at_time: Offset.optional() }),
    ),
    ...completeness,
  }),
  list: 'partitions',
  async run(context, { topic, time }) {
    const { client, target, signal, limits } = context;
    const state = await stateOf(context, topicIn(target, topic));
    const shown = state.partitions.slice(0, limits.rows).map(({ partition }) => partition);
    const { earliest, latest } = await boundsOf(context, state, shown);
    const since =
      time === undefined ? undefined : await client.offsets(state, Date.parse(time), signal, shown);
    return {
      topic: state.name,
      partitions: shown.map((partition) => ({
        partition,
        earliest: earliest.get(partition) ?? null,
        latest: latest.get(partition) ?? null,
        ...(since ? { at_time: since.get(partition) ?? null } : {}),
      })),
      ...complete(shown.length < state.partitions.length, 'only the first partitions are shown'),
    };
  },
});
