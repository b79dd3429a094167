import { z } from 'zod';
import { complete, completeness } from '../../../toolset/completeness.ts';
import { LabelSet } from '../api.ts';
import { lookupFields, streamsOf } from '../lookup.ts';
import { tool } from '../tool.ts';

export const lokiSeries = tool({
  name: 'loki_series',
  access: 'read',
  title: 'List log streams',
  description: 'List the label sets of the streams that a selector finds within the link’s labels.',
  reach: 'sub',
  params: z.strictObject(lookupFields),
  output: z.strictObject({ streams: z.array(LabelSet), ...completeness }),
  list: 'streams',
  async run(context, lookup) {
    const found = await streamsOf(context, lookup);
    const streams = found.slice(0, context.limits.rows);
    return { streams, ...complete(found.length > streams.length, 'add matchers or shorten the time') };
  },
});
