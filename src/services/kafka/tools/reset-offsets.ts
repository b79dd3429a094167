import { z } from 'zod';
import type { Change, JsonValue, Precheck, UndoStep } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { assertIdle } from '../group-state.ts';
import { GroupName, TopicName } from '../names.ts';
import { assertPosition, boundsOf, partitionsOf, placesOf, position, stateOf } from '../position.ts';
import { groupRightsAhead, topicRightsAhead } from '../rights.ts';
import { groupIn, topicIn } from '../scope.ts';
import { type Reading, tool, type Writing } from '../tool.ts';

const MOST_PARTITIONS = 100;
const Params = z.strictObject({
  group: GroupName,
  topic: TopicName,
  partitions: z
    .array(z.number().int().min(0))
    .min(1)
    .max(MOST_PARTITIONS)
    .optional()
    .describe('All if absent'),
  ...position,
});
type Params = z.output<typeof Params>;

const Commit = z.strictObject({
  partition: z.number(),
  offset: z.number(),
  leaderEpoch: z.number(),
  metadata: z.string().nullable(),
});
const Before = z.strictObject({ commits: z.array(Commit) });
const After = z.strictObject({
  offsets: z.array(z.strictObject({ partition: z.number(), offset: z.number() })),
});

export const resetOffsets = tool({
  name: 'kafka_reset_offsets',
  access: 'write',
  reach: 'sub',
  title: 'Move offsets of a consumer group',
  description:
    'Move the committed offsets of one group in one topic. Only while nobody is in the group. Moved forward, it skips messages; back, it reads them again.',
  params: Params,
  output: z.strictObject({
    group: z.string(),
    topic: z.string(),
    partitions: z.array(
      z.strictObject({ partition: z.number(), from: z.number().nullable(), to: z.number() }),
    ),
  }),
  scope: (target, { group, topic, partitions }) => ({
    resources: [`${target.name}/group:${groupIn(target, group)}/topic:${topicIn(target, topic)}`],
    atMost: partitions?.length ?? MOST_PARTITIONS,
  }),
  effect: {
    kind: 'update',
    way: 'commits the offsets as they were, and forgets those that were none',
    async capture(context, args): Promise<JsonValue> {
      return { commits: await commitsOf(context, args) };
    },
    revert: putBack,
    precheck: rightsAhead,
    isBack,
  },
  async run(context, args) {
    const { client, target, signal } = context;
    const [group, topic] = [groupIn(target, args.group), topicIn(target, args.topic)];
    const offsets = await offsetsFor(context, args);
    await assertIdle(context, group);
    const before = await commitsOf(context, args);
    await context.recordAfter({ offsets });
    const commits = offsets.map((one) => ({ ...one, leaderEpoch: -1, metadata: '' }));
    await client.commit(group, topic, commits, signal);
    const wasAt = new Map(before.map(({ partition, offset }) => [partition, offset]));
    return {
      group: group.name,
      topic: topic.name,
      partitions: offsets.map(({ partition, offset }) => ({
        partition,
        from: wasAt.get(partition) ?? null,
        to: offset,
      })),
    };
  },
});

/** Where each partition shall be. Throws ToolError. */
async function offsetsFor(context: Writing, args: Params): Promise<{ partition: number; offset: number }[]> {
  assertPosition(args);
  if (args.position === 'offset' && args.partitions?.length !== 1)
    throw new ToolError('invalid_arguments', 'an offset belongs to one partition: name just that one');
  const state = await stateOf(context, topicIn(context.target, args.topic));
  const partitions = [...new Set(partitionsOf(state, args.partitions))];
  if (partitions.length > MOST_PARTITIONS)
    throw new ToolError(
      'invalid_arguments',
      `${args.topic} has ${partitions.length} partitions; name at most ${MOST_PARTITIONS}`,
    );
  const places = await placesOf(context, state, args, await boundsOf(context, state, partitions));
  const lost = partitions.find((partition) => !places.has(partition));
  if (lost !== undefined)
    throw new ToolError('backend_failed', `partition ${lost} has no leader at the moment`);
  return [...places].map(([partition, offset]) => ({ partition, offset }));
}

/** What the group has committed in the topic, of the partitions that the call names. */
async function commitsOf(
  { client, target, signal }: Writing,
  { group, topic, partitions }: Pick<Params, 'group' | 'topic' | 'partitions'>,
): Promise<z.output<typeof Commit>[]> {
  const { name } = topicIn(target, topic);
  const all = await client.committed(groupIn(target, group), signal);
  return all
    .filter((one) => one.topic === name && (partitions === undefined || partitions.includes(one.partition)))
    .map(({ topic: _, ...commit }) => commit);
}

/** Whether every partition that the write moved, or would have, is where it was. */
async function isBack(context: Writing, { args, before, after }: Change<Params>): Promise<boolean> {
  const offsetsOf = (commits: readonly z.output<typeof Commit>[]) =>
    new Map(commits.map(({ partition, offset, metadata }) => [partition, `${offset} ${metadata ?? ''}`]));
  const [was, now] = [offsetsOf(Before.parse(before).commits), offsetsOf(await commitsOf(context, args))];
  const moved = after === null ? was.keys() : After.parse(after).offsets.map(({ partition }) => partition);
  return [...moved].every((partition) => now.get(partition) === was.get(partition));
}

/** Offsets are committed by who may read; one that was none is deleted. */
async function rightsAhead(
  context: Reading,
  { how, args, before, after }: UndoStep<Params>,
): Promise<Precheck> {
  const { target } = context;
  const was = new Set(Before.parse(before).commits.map(({ partition }) => partition));
  const moved = After.nullable().parse(after)?.offsets ?? [];
  const forgets = how === 'revert' && moved.some(({ partition }) => !was.has(partition));
  const [ofGroup, ofTopic] = await Promise.all([
    groupRightsAhead(context, groupIn(target, args.group), forgets ? ['Read', 'Delete'] : ['Read']),
    topicRightsAhead(context, topicIn(target, args.topic), ['Read']),
  ]);
  return {
    obstacles: [...(ofGroup.obstacles ?? []), ...(ofTopic.obstacles ?? [])],
    untried: [...(ofGroup.untried ?? []), ...(ofTopic.untried ?? [])],
  };
}

/** Throws ToolError('conflict') when an offset is neither where the write put it nor where it was before. */
async function putBack(context: Writing, { args, before, after }: Change<Params>): Promise<void> {
  if (after === null) return;
  const { client, target, signal } = context;
  const [group, topic] = [groupIn(target, args.group), topicIn(target, args.topic)];
  const was = new Map(Before.parse(before).commits.map((one) => [one.partition, one]));
  const written = After.parse(after).offsets;
  const now = new Map((await commitsOf(context, args)).map(({ partition, offset }) => [partition, offset]));
  const moved = written.filter(({ partition }) => now.get(partition) !== was.get(partition)?.offset);
  const foreign = moved.find(({ partition, offset }) => now.get(partition) !== offset);
  if (foreign)
    throw new ToolError(
      'conflict',
      `${group} went on in partition ${foreign.partition} since the write; nothing was changed`,
    );
  if (moved.length === 0) return;
  await assertIdle(context, group);
  const known = moved.flatMap(({ partition }) => was.get(partition) ?? []);
  const fresh = moved.map(({ partition }) => partition).filter((partition) => !was.has(partition));
  if (fresh.length > 0) await client.forget(group, topic, fresh, signal);
  if (known.length === 0) return;
  await client.commit(group, topic, known, signal).catch((error: unknown) => {
    if (fresh.length === 0 || !(error instanceof ToolError)) throw error;
    throw new ToolError('outcome_unknown', `a part of the offsets of ${group} is back: ${error.detail}`);
  });
}
