import { z } from 'zod';
import { complete, completeness, tool } from '../tool.ts';

export const listGroups = tool({
  name: 'kafka_list_groups',
  access: 'read',
  reach: 'sub',
  title: 'List consumer groups',
  description: 'List consumer groups with their state, such as Stable, Empty or PreparingRebalance.',
  params: z.strictObject({
    prefix: z.string().max(255).default('').describe('Only names that begin with this; literal'),
    state: z.string().max(50).optional().describe('Only groups in this state'),
    count: z.number().int().min(1).max(500).default(100),
  }),
  output: z.strictObject({
    groups: z.array(z.strictObject({ group: z.string(), state: z.string(), protocol_type: z.string() })),
    ...completeness,
  }),
  list: 'groups',
  async run({ client, signal, limits }, { prefix, state, count }) {
    const all = (await client.groups(signal))
      .filter((one) => one.name.startsWith(prefix) && (state === undefined || one.state === state))
      .map(({ name, protocolType, ...one }) => ({
        group: name,
        state: one.state,
        protocol_type: protocolType,
      }))
      .sort((a, b) => (a.group < b.group ? -1 : 1));
    const groups = all.slice(0, Math.min(count, limits.rows));
    return { groups, ...complete(groups.length < all.length, 'raise count, or give a prefix') };
  },
});
