import { z } from 'zod';
import { Key, VersionId } from '../names.ts';
import { keyIn } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

export const versions = tool({
  name: 's3_versions',
  access: 'read',
  reach: 'sub',
  title: 'Versions of an object',
  description: 'List the versions and delete markers of one key, newest first.',
  params: z.strictObject({
    key: Key,
    after: VersionId.optional().describe('next of the page before'),
    count: z.number().int().min(1).max(500).default(50),
  }),
  output: z.strictObject({
    versions: z.array(
      z.strictObject({
        version_id: z.string(),
        is_latest: z.boolean(),
        is_delete_marker: z.boolean(),
        last_modified: z.string().optional(),
        etag: z.string().optional(),
        size: z.number().int().optional(),
      }),
    ),
    next: z.string().nullable(),
    ...completeness,
  }),
  list: 'versions',
  async run({ client, target, signal, limits }, { key: name, after, count }) {
    const most = Math.min(count, limits.rows);
    const found = await client.versions(keyIn(target, name), { most, after }, signal);
    return {
      versions: [...found.versions],
      next: found.next,
      ...complete(found.next !== null, 'go on with after: next'),
    };
  },
});
