import { z } from 'zod';
import { folderOf, folderUidOf } from '../folder-scope.ts';
import { complete, completeness, tool } from '../tool.ts';

export const search = tool({
  name: 'grafana_search',
  access: 'read',
  title: 'Find dashboards',
  description: 'Find dashboards by words of their title or by a tag.',
  reach: 'sub',
  params: z.strictObject({
    text: z.string().min(1).max(200).optional().describe('Part of the title'),
    tag: z.string().min(1).max(100).optional(),
    count: z.number().int().min(1).max(500).default(50),
  }),
  output: z.strictObject({
    dashboards: z.array(
      z.strictObject({
        uid: z.string(),
        title: z.string(),
        tags: z.array(z.string()),
        folder: z.string().describe('Uid; general for none'),
        folder_title: z.string().optional(),
      }),
    ),
    ...completeness,
  }),
  list: 'dashboards',
  async run({ client, target, signal, limits }, { text, tag, count }) {
    folderOf(target);
    const { hits, more } = await client.search({ text, tag, limit: Math.min(count, limits.rows) }, signal);
    const dashboards = hits.map(({ uid, title, tags, folderUid, folderTitle }) => ({
      uid,
      title,
      tags: tags ?? [],
      folder: folderUidOf(folderUid),
      ...(folderTitle === undefined ? {} : { folder_title: folderTitle }),
    }));
    return { dashboards, ...complete(more, 'raise count, or give text or a tag') };
  },
});
