import { z } from 'zod';
import { folderOf } from '../folder-scope.ts';
import { Uid } from '../names.ts';
import { complete, completeness, tool } from '../tool.ts';

export const folders = tool({
  name: 'grafana_folders',
  access: 'read',
  title: 'List folders',
  description: 'List folders by uid and title, or the link’s own folder where it names folders.',
  reach: 'sub',
  params: z.strictObject({
    parent: Uid.optional().describe('Its subfolders; those without a parent if absent'),
  }),
  output: z.strictObject({
    folders: z.array(z.strictObject({ uid: z.string(), title: z.string(), parent: z.string().optional() })),
    ...completeness,
  }),
  list: 'folders',
  async run({ client, target, signal, limits }, { parent }) {
    folderOf(target);
    const all = await client.folders({ parent, limit: limits.rows + 1 }, signal);
    const shown = all.slice(0, limits.rows).map(({ uid, title, parentUid }) => ({
      uid,
      title,
      ...(parentUid === undefined || parentUid === '' ? {} : { parent: parentUid }),
    }));
    return { folders: shown, ...complete(all.length > shown.length, 'ask for the subfolders of one') };
  },
});
