import { z } from 'zod';
import { Findings, judgePipeline } from '../guard/pipeline.ts';
import { Place } from '../guard/place.ts';
import { readable } from '../resolve.ts';
import { complete, completeness, tool } from '../tool.ts';
import { Collection, Limit, Pipeline, Shown } from './params.ts';

export const aggregate = tool({
  name: 'mongo_aggregate',
  access: 'read',
  reach: 'sub',
  title: 'Run an aggregation pipeline',
  description:
    'Run a reading pipeline on a collection or view. $lookup, $graphLookup and $unionWith reach linked collections of the same database alone; stages that write, run JavaScript or show the server are refused.',
  params: z.strictObject({ collection: Collection, pipeline: Pipeline, limit: Limit }),
  output: z.strictObject({ documents: z.array(Shown), ...completeness }),
  list: 'documents',
  async run(context, { collection, pipeline, limit }) {
    const findings = new Findings();
    judgePipeline(pipeline, new Place('pipeline'), findings);
    const { client, limits } = context;
    const { on } = await readable(context, collection, findings.collections);
    const most = Math.min(limit ?? limits.rows, limits.rows);
    const { documents, isCut } = await client.aggregate({ on, pipeline, rows: most + 1 }, context);
    return {
      documents: documents.slice(0, most),
      ...complete(isCut || documents.length > most, 'there are more; $match, $group or $limit earlier'),
    };
  },
});
