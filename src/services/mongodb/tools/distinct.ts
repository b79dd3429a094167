import { z } from 'zod';
import { judgeFilter } from '../guard/filter.ts';
import { Place } from '../guard/place.ts';
import { FieldPath } from '../names.ts';
import { readable } from '../resolve.ts';
import { complete, completeness, tool } from '../tool.ts';
import { Collection, Filter, Limit, Shown } from './params.ts';

const Row = z.object({ _id: Shown, count: z.number() });

export const distinct = tool({
  name: 'mongo_distinct',
  access: 'read',
  reach: 'sub',
  title: 'Distinct values of a field',
  description:
    'Distinct values of a field with how often each occurs, the most frequent first; elements of an array count one by one.',
  params: z.strictObject({ collection: Collection, field: FieldPath, filter: Filter, limit: Limit }),
  output: z.strictObject({
    values: z.array(z.strictObject({ value: Shown, count: z.number().int() })),
    ...completeness,
  }),
  list: 'values',
  async run(context, { collection, field, filter, limit }) {
    judgeFilter(filter, new Place('filter'));
    const { client, limits } = context;
    const { on } = await readable(context, collection);
    const most = Math.min(limit ?? limits.rows, limits.rows);
    // The command distinct has no limit of its own and fails over 16 MiB.
    const pipeline = [
      { $match: filter },
      { $project: { _id: 0, v: `$${field}` } },
      { $unwind: '$v' },
      { $group: { _id: '$v', count: { $sum: 1 } } },
      { $sort: { count: -1, _id: 1 } },
    ];
    const { documents, isCut } = await client.aggregate({ on, pipeline, rows: most + 1 }, context);
    const rows = z.array(Row).parse(documents);
    return {
      values: rows.slice(0, most).map(({ _id, count }) => ({ value: _id, count })),
      ...complete(isCut || rows.length > most, 'there are more values; narrow the filter'),
    };
  },
});
