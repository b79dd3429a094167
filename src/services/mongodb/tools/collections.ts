import { z } from 'zod';
import { isReached } from '../names.ts';
import { complete, completeness, tool } from '../tool.ts';

export const collections = tool({
  name: 'mongo_collections',
  access: 'read',
  reach: 'sub',
  title: 'List collections',
  description: 'Collections, views and time series that the link reaches.',
  params: z.strictObject({
    prefix: z.string().max(200).default('').describe('Only names that begin so'),
  }),
  output: z.strictObject({
    collections: z.array(
      z.strictObject({
        name: z.string(),
        type: z.enum(['collection', 'view', 'timeseries', 'other']),
        view_on: z.string().optional(),
        capped: z.boolean(),
      }),
    ),
    ...completeness,
  }),
  list: 'collections',
  async run(context, { prefix }) {
    const { client, target, limits } = context;
    const listed = await client.collections(undefined, context);
    const reached = listed.collections
      .filter(({ name }) => isReached(target.scope.collections, name) && name.startsWith(prefix))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, type, viewOn, isCapped }) => ({
        name,
        type,
        // What a view stands on may itself be outside the link.
        ...(viewOn !== undefined && isReached(target.scope.collections, viewOn) ? { view_on: viewOn } : {}),
        capped: isCapped,
      }));
    return {
      collections: reached.slice(0, limits.rows),
      ...complete(listed.isCut || reached.length > limits.rows, 'there are more; ask for a prefix'),
    };
  },
});
