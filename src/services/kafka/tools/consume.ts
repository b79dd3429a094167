import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { consumeFrom } from '../consuming.ts';
import { MessageView } from '../message-view.ts';
import { TopicName } from '../names.ts';
import { assertPosition, boundsOf, partitionsOf, placesOf, position, stateOf } from '../position.ts';
import { topicIn } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

export const consume = tool({
  name: 'kafka_consume',
  access: 'read',
  reach: 'sub',
  title: 'Look at messages',
  description:
    'Read messages of a topic as they are, without joining a group or committing. Position latest shows the last ones. Messages of aborted transactions are shown too.',
  params: z.strictObject({
    topic: TopicName,
    partition: z.number().int().min(0).optional().describe('All by turns if absent'),
    position: position.position.default('latest'),
    offset: position.offset,
    time: position.time,
    count: z.number().int().min(1).max(500).default(10),
    bytes: z.number().int().min(0).max(65_536).default(4096).describe('Show no more than this of each value'),
  }),
  output: z.strictObject({
    messages: z.array(MessageView),
    positions: z
      .array(z.strictObject({ partition: z.number(), next_offset: z.number(), end_offset: z.number() }))
      .describe('Where to go on'),
    ...completeness,
  }),
  list: 'messages',
  async run(context, args) {
    const { target, limits } = context;
    assertPosition(args);
    if (args.position === 'offset' && args.partition === undefined)
      throw new ToolError('invalid_arguments', 'an offset belongs to one partition: name it');
    const state = await stateOf(context, topicIn(target, args.topic));
    const named = partitionsOf(state, args.partition === undefined ? undefined : [args.partition]);
    const partitions = named.slice(0, limits.rows);
    const bounds = await boundsOf(context, state, partitions);
    const places = new Map(await placesOf(context, state, args, bounds));
    const count = Math.min(args.count, limits.rows);
    if (args.position === 'latest') {
      // The end itself holds nothing: each partition gives its share of the last ones.
      const share = Math.ceil(count / Math.max(1, places.size));
      for (const [partition, end] of places)
        places.set(partition, Math.max(bounds.earliest.get(partition) ?? 0, end - share));
    }
    const { messages, positions, isAnyCut } = await consumeFrom(context, {
      state,
      bounds,
      places,
      count,
      bytes: args.bytes,
    });
    const isCut =
      partitions.length < named.length ||
      positions.some(({ next_offset, end_offset }) => next_offset < end_offset) ||
      isAnyCut;
    return {
      messages: [...messages],
      positions: [...positions],
      ...complete(isCut, 'raise count or bytes, or go on at positions'),
    };
  },
});
