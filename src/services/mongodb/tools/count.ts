import { z } from 'zod';
import { judgeFilter } from '../guard/filter.ts';
import { Place } from '../guard/place.ts';
import { readable } from '../resolve.ts';
import { tool } from '../tool.ts';
import { Collection, Filter } from './params.ts';

const Counted = z.object({ n: z.number() });

export const count = tool({
  name: 'mongo_count',
  access: 'read',
  reach: 'sub',
  title: 'Count documents',
  description:
    'Count the documents that a filter matches, exactly; without an index that is a scan. mongo_stats estimates at once.',
  params: z.strictObject({ collection: Collection, filter: Filter }),
  output: z.strictObject({ count: z.number().int() }),
  async run(context, { collection, filter }) {
    judgeFilter(filter, new Place('filter'));
    const { on } = await readable(context, collection);
    const pipeline = [{ $match: filter }, { $count: 'n' }];
    const { documents } = await context.client.aggregate({ on, pipeline, rows: 1 }, context);
    return { count: documents.length === 0 ? 0 : Counted.parse(documents[0]).n };
  },
});
