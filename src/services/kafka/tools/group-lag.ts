import { z } from 'zod';
import { groupOf } from '../group-state.ts';
import { GroupName, TopicName } from '../names.ts';
import { groupIn, topicIn } from '../scope.ts';
import { complete, completeness, type Reading, tool } from '../tool.ts';

const Row = z.strictObject({
  topic: z.string(),
  partition: z.number(),
  committed: z.number(),
  latest: z.number().nullable(),
  lag: z.number().nullable(),
});

export const groupLag = tool({
  name: 'kafka_group_lag',
  access: 'read',
  reach: 'sub',
  title: 'Lag of a consumer group',
  description:
    'How far a consumer group is behind the end of each partition that it committed, the most first. Partitions without a commit are not listed.',
  params: z.strictObject({ group: GroupName, topic: TopicName.optional() }),
  output: z.strictObject({
    group: z.string(),
    total_lag: z.number().describe('Of all partitions, listed or not'),
    partitions: z.array(Row),
    ...completeness,
  }),
  list: 'partitions',
  async run(context, args) {
    const { client, target, signal, limits } = context;
    const group = groupIn(target, args.group);
    const only = args.topic === undefined ? undefined : topicIn(target, args.topic).name;
    const committed = await client.committed(group, signal);
    // A group that is not there has no commit either, and a lag of nothing would hide a wrong name.
    if (committed.length === 0) await groupOf(context, group);
    const names = [...new Set(committed.map(({ topic }) => topic))].filter((name) => name === (only ?? name));
    const rows: z.output<typeof Row>[] = [];
    for (const name of names) {
      const commits = committed.filter(({ topic }) => topic === name);
      rows.push(...(await lagOf(context, name, commits)));
    }
    rows.sort((a, b) => (b.lag ?? 0) - (a.lag ?? 0) || (a.topic < b.topic ? -1 : 1));
    const partitions = rows.slice(0, limits.rows);
    return {
      group: group.name,
      total_lag: rows.reduce((sum, { lag }) => sum + (lag ?? 0), 0),
      partitions,
      ...complete(partitions.length < rows.length, 'name one topic'),
    };
  },
});

/** The end is null for a topic that was deleted, and for a partition without a leader. */
async function lagOf(
  { client, target, signal }: Reading,
  name: string,
  commits: readonly { readonly partition: number; readonly offset: number }[],
): Promise<z.output<typeof Row>[]> {
  const state = await client.topic(topicIn(target, name), signal);
  const partitions = commits.map(({ partition }) => partition);
  const ends = state && (await client.offsets(state, 'latest', signal, partitions));
  return commits.map(({ partition, offset }) => {
    const latest = ends?.get(partition) ?? null;
    const lag = latest === null ? null : Math.max(0, latest - offset);
    return { topic: name, partition, committed: offset, latest, lag };
  });
}
