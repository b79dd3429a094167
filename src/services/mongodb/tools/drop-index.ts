import { z } from 'zod';
import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { keepCaptured, takeCaptured } from '../captured.ts';
import { rightsAhead } from '../privileges.ts';
import { writable } from '../resolve.ts';
import { ScopedCollection } from '../scope.ts';
import { tool, type Writing } from '../tool.ts';
import { IndexName } from './index-name.ts';
import { Collection } from './params.ts';

const Before = z.strictObject({ index: z.base64() });

export const dropIndex = tool({
  name: 'mongo_drop_index',
  access: 'write',
  reach: 'sub',
  title: 'Drop an index',
  description: 'Drop one index by its name. Queries that used it scan; taking it back builds it again.',
  params: z.strictObject({ collection: Collection, index: IndexName }),
  output: z.strictObject({ index: z.string(), dropped: z.boolean() }),
  scope: (target, { collection, index }) => ({
    resources: [`${target.name}.${ScopedCollection.within(target, collection)}/index:${index}`],
    atMost: 1,
  }),
  effect: {
    kind: 'destroy',
    way: 'builds the index again',
    async capture(context, args): Promise<JsonValue> {
      const index = await imageOf(context, args);
      keepCaptured(context.client, [index]);
      return { index };
    },
    isBack: async (context, { args, before }) =>
      (await imageOf(context, args)) === Before.parse(before).index,
    precheck: (context, { args, how }) =>
      rightsAhead(context, args.collection, [how === 'redo' ? 'dropIndex' : 'createIndex']),
    async revert(context, { args, before, after }) {
      if (after === null) return;
      const { client, limits, signal } = context;
      const was = Before.parse(before).index;
      const on = await writable(context, args.collection);
      const now = await client.indexImage(on, args.index, { limits, signal });
      if (now === was) return;
      if (now !== undefined)
        throw new ToolError('conflict', `there is another index ${args.index} by now; it stays as it is`);
      await client.restoreIndex(on, was, { limits, signal });
    },
  },
  async run(context, args) {
    const { client, limits, signal, recordAfter } = context;
    const [captured] = takeCaptured(client);
    const on = await writable(context, args.collection);
    if ((await client.indexImage(on, args.index, { limits, signal })) !== captured)
      throw new ToolError(
        'conflict',
        `somebody changed the index ${args.index} meanwhile; nothing was dropped`,
      );
    await recordAfter({ dropped: true });
    await client.dropIndex(on, args.index, { limits, signal });
    return { index: args.index, dropped: true };
  },
});

async function imageOf(context: Writing, { collection, index }: { collection: string; index: string }) {
  const { client, limits, signal } = context;
  const on = await writable(context, collection);
  if (index === '_id_') throw new ToolError('conflict', 'the index of _id stays');
  const image = await client.indexImage(on, index, { limits, signal });
  if (image === undefined) throw new ToolError('not_found', `${collection} has no index ${index}`);
  return image;
}
