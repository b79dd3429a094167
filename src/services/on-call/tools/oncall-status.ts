import { z } from 'zod';
import { complete, completeness } from '../../../toolset/completeness.ts';
import { Status } from '../provider.ts';
import { tool } from '../tool.ts';

export const oncallStatus = tool({
  name: 'oncall_status',
  access: 'read',
  title: 'Open pages and who is on call',
  description: 'Show the open pages and, where the provider tells, who is on call.',
  reach: 'component',
  params: z.strictObject({}),
  output: z.strictObject({ ...Status.shape, ...completeness }),
  list: 'open',
  async run({ client, signal, limits }) {
    const { more = false, ...status } = await client.status(limits.rows, signal);
    const open = status.open.slice(0, limits.rows);
    return {
      ...status,
      open,
      ...complete(more || status.open.length > open.length, 'the rest shows in the provider itself'),
    };
  },
});
