import { z } from 'zod';
import { tool } from '../tool.ts';
import { Resource, VersionNumber } from '../version-shapes.ts';

export const diff = tool({
  name: 'stack_diff',
  access: 'read',
  reach: 'stack',
  title: 'Compare versions',
  description: 'Compare two versions, or one and the stack now: configuration, topology, credentials.',
  params: z.strictObject({
    from: VersionNumber,
    to: VersionNumber.optional().describe('Now if left out'),
  }),
  output: z.strictObject({
    from: z.number().int(),
    to: z.number().int().optional(),
    topology: z.array(z.string()).describe('Lines of the file that went (-) and came (+)'),
    resources: z.array(Resource),
    secrets: z.array(z.string()).describe('Credentials of another version'),
    unknown: z.record(z.string(), z.string()).describe('Components that cannot be compared, and why'),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'resources',
  async run({ stack, limits }, { from, to }) {
    const found = await stack.versions.diff(from, to);
    return {
      ...found,
      topology: found.topology.slice(0, limits.rows),
      resources: found.resources.slice(0, limits.rows),
      truncated: found.resources.length > limits.rows || found.topology.length > limits.rows,
    };
  },
});
