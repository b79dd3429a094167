import { z } from 'zod';
import { tool } from '../tool.ts';
import { Summary, VersionNumber } from '../version-shapes.ts';

export const versions = tool({
  name: 'stack_versions',
  access: 'read',
  reach: 'stack',
  title: 'List versions',
  description: 'List versions of the stack, newest first: writes, rollback steps, topology edits, snapshots.',
  params: z.strictObject({
    limit: z.number().int().min(1).max(200).default(50),
    before: VersionNumber.optional().describe('Only versions before this one'),
  }),
  output: z.strictObject({ versions: z.array(Summary), truncated: z.boolean(), hint: z.string().optional() }),
  list: 'versions',
  async run({ stack }, { limit, before }) {
    const found = await stack.versions.list({
      limit: limit + 1,
      ...(before === undefined ? {} : { before }),
    });
    const shown = found.slice(0, limit);
    const isCut = found.length > limit;
    return {
      versions: shown,
      truncated: isCut,
      ...(isCut ? { hint: `ask again with before ${shown.at(-1)?.number}` } : {}),
    };
  },
});
