import { z } from 'zod';
import { isReached } from '../names.ts';
import { readable } from '../resolve.ts';
import { ScopedCollection } from '../scope.ts';
import { complete, completeness, type Reading, tool } from '../tool.ts';
import { Collection } from './params.ts';

/** One question a collection; more would be a burst. */
const MOST = 50;

/** @see https://www.mongodb.com/docs/manual/reference/operator/aggregation/collStats/ */
const Stats = z.object({
  storageStats: z.object({
    count: z.number().default(0),
    size: z.number().default(0),
    storageSize: z.number().default(0),
    totalIndexSize: z.number().default(0),
    indexSizes: z.record(z.string(), z.number()).default({}),
  }),
});

export const stats = tool({
  name: 'mongo_stats',
  access: 'read',
  reach: 'sub',
  title: 'Sizes of collections',
  description: `Estimated documents, bytes of data, storage and each index, of one collection or of the first ${MOST} that the link reaches.`,
  params: z.strictObject({ collection: Collection.optional() }),
  output: z.strictObject({
    collections: z.array(
      z.strictObject({
        name: z.string(),
        documents: z.number(),
        data_bytes: z.number(),
        storage_bytes: z.number(),
        index_bytes: z.number(),
        indexes: z.record(z.string(), z.number()).describe('Bytes by index'),
      }),
    ),
    ...completeness,
  }),
  list: 'collections',
  async run(context, { collection }) {
    if (collection !== undefined) {
      const { on } = await readable(context, collection);
      return { collections: [await statsOf(context, on)], truncated: false };
    }
    const { client, target, limits } = context;
    const listed = await client.collections(undefined, context);
    const names = listed.collections
      .filter(({ name, type }) => type === 'collection' && isReached(target.scope.collections, name))
      .map(({ name }) => name)
      .sort();
    const most = Math.min(MOST, limits.rows);
    const collections = [];
    for (const name of names.slice(0, most))
      collections.push(await statsOf(context, ScopedCollection.within(target, name)));
    return {
      collections,
      ...complete(listed.isCut || names.length > most, 'there are more; name one collection'),
    };
  },
});

/** A sharded collection answers once for each shard. */
async function statsOf(context: Reading, on: ScopedCollection) {
  const pipeline = [{ $collStats: { storageStats: {} } }];
  const { documents } = await context.client.aggregate({ on, pipeline, rows: 1_000 }, context);
  const total = { documents: 0, data_bytes: 0, storage_bytes: 0, index_bytes: 0 };
  const indexes = new Map<string, number>();
  for (const { storageStats } of z.array(Stats).parse(documents)) {
    total.documents += storageStats.count;
    total.data_bytes += storageStats.size;
    total.storage_bytes += storageStats.storageSize;
    total.index_bytes += storageStats.totalIndexSize;
    for (const [name, bytes] of Object.entries(storageStats.indexSizes))
      indexes.set(name, (indexes.get(name) ?? 0) + bytes);
  }
  return { name: on.name, ...total, indexes: Object.fromEntries(indexes) };
}
