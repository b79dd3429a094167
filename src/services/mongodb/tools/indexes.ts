import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { IndexView, indexView } from '../index-view.ts';
import { readable } from '../resolve.ts';
import { complete, completeness, tool } from '../tool.ts';
import { Collection } from './params.ts';

export const indexes = tool({
  name: 'mongo_indexes',
  access: 'read',
  reach: 'sub',
  title: 'List indexes',
  description: 'Indexes of a collection with their keys and options.',
  params: z.strictObject({ collection: Collection }),
  output: z.strictObject({ indexes: z.array(IndexView), ...completeness }),
  list: 'indexes',
  async run(context, { collection }) {
    const { on, info } = await readable(context, collection);
    if (info.type === 'view')
      throw new ToolError('query_failed', `${collection} is a view, which has no indexes`);
    const { documents, isCut } = await context.client.indexes(on, context);
    return { indexes: documents.map(indexView), ...complete(isCut, 'there are more than are shown') };
  },
});
