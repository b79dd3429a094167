import { z } from 'zod';
import { complete, completeness } from '../../../toolset/completeness.ts';
import { scopeOf } from '../../../toolset/label-scope.ts';
import { namesIn } from '../label-names.ts';
import { lookupFields } from '../lookup.ts';
import { tool } from '../tool.ts';

export const lokiLabels = tool({
  name: 'loki_labels',
  access: 'read',
  title: 'List label names of logs',
  description: 'List the label names of the streams within the link’s labels.',
  reach: 'sub',
  params: z.strictObject(lookupFields),
  output: z.strictObject({ labels: z.array(z.string()), ...completeness }),
  list: 'labels',
  async run(context, lookup) {
    const found = await namesIn(context, lookup, scopeOf(context.target), {
      endpoint: 'labels',
      of: (streams) => streams.flatMap((labels) => Object.keys(labels)),
    });
    const labels = found.slice(0, context.limits.rows);
    return { labels, ...complete(found.length > labels.length, 'narrow it with selector') };
  },
});
