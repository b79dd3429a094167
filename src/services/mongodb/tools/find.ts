import { z } from 'zod';
import { judgeFilter } from '../guard/filter.ts';
import { judgeProjection, judgeSort } from '../guard/find.ts';
import { Place } from '../guard/place.ts';
import { readable } from '../resolve.ts';
import { complete, completeness, tool } from '../tool.ts';
import { Collection, Filter, Json, Limit, Shown } from './params.ts';

export const find = tool({
  name: 'mongo_find',
  access: 'read',
  reach: 'sub',
  title: 'Find documents',
  description:
    'Documents of a collection or view. ObjectId, dates, int64 and the like are Extended JSON: {"$oid": "..."}, {"$date": "2026-01-01T00:00:00Z"}. No $where.',
  params: z.strictObject({
    collection: Collection,
    filter: Filter,
    projection: Json.optional(),
    sort: Json.optional(),
    skip: z.number().int().min(0).max(100_000).default(0),
    limit: Limit,
  }),
  output: z.strictObject({ documents: z.array(Shown), ...completeness }),
  list: 'documents',
  async run(context, { collection, filter, projection, sort, skip, limit }) {
    judgeFilter(filter, new Place('filter'));
    if (projection) judgeProjection(projection, new Place('projection'));
    if (sort) judgeSort(sort, new Place('sort'));
    const { client, limits } = context;
    const { on } = await readable(context, collection);
    const most = Math.min(limit ?? limits.rows, limits.rows);
    const ask = {
      on,
      filter,
      skip,
      rows: most + 1,
      ...(projection ? { projection } : {}),
      ...(sort ? { sort } : {}),
    };
    const { documents, isCut } = await client.find(ask, context);
    return {
      documents: documents.slice(0, most),
      ...complete(
        isCut || documents.length > most,
        'there are more; narrow the filter, project fewer fields, or page with sort and skip',
      ),
    };
  },
});
