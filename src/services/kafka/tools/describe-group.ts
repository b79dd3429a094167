import { z } from 'zod';
import { groupOf } from '../group-state.ts';
import { GroupName } from '../names.ts';
import { groupIn } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

export const describeGroup = tool({
  name: 'kafka_describe_group',
  access: 'read',
  reach: 'sub',
  title: 'Describe a consumer group',
  description:
    'State of one consumer group and its members with the partitions that each reads. Topics outside the target are left out.',
  params: z.strictObject({ group: GroupName }),
  output: z.strictObject({
    group: z.string(),
    state: z.string(),
    protocol_type: z.string(),
    assignor: z.string(),
    member_count: z.number(),
    members: z.array(
      z.strictObject({
        id: z.string(),
        instance: z.string().nullable(),
        client_id: z.string(),
        host: z.string(),
        topics: z.array(z.strictObject({ topic: z.string(), partitions: z.array(z.number()) })),
      }),
    ),
    ...completeness,
  }),
  list: 'members',
  async run(context, args) {
    const found = await groupOf(context, groupIn(context.target, args.group));
    const shown = found.members.slice(0, context.limits.rows);
    return {
      group: found.name,
      state: found.state,
      protocol_type: found.protocolType,
      assignor: found.assignor,
      member_count: found.members.length,
      members: shown.map(({ clientId, topics, ...one }) => ({
        ...one,
        client_id: clientId,
        topics: topics.map(({ topic, partitions }) => ({ topic, partitions: [...partitions] })),
      })),
      ...complete(shown.length < found.members.length, 'only the first members are shown'),
    };
  },
});
