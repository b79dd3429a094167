import { z } from 'zod';
import { complete, completeness } from '../../../toolset/completeness.ts';
import { LABEL_NAME, scopeOf } from '../../../toolset/label-scope.ts';
import { namesIn } from '../label-names.ts';
import { lookupFields } from '../lookup.ts';
import { tool } from '../tool.ts';

export const lokiLabelValues = tool({
  name: 'loki_label_values',
  access: 'read',
  title: 'List values of a label of logs',
  description: 'List the values of one label among the streams within the link’s labels.',
  reach: 'sub',
  params: z.strictObject({
    label: z.string().max(200).regex(LABEL_NAME, 'a label name has letters, digits and _ only'),
    ...lookupFields,
  }),
  output: z.strictObject({ label: z.string(), values: z.array(z.string()), ...completeness }),
  list: 'values',
  async run(context, { label, ...lookup }) {
    const found = await namesIn(context, lookup, scopeOf(context.target), {
      endpoint: { valuesOf: label },
      of: (streams) =>
        streams.flatMap((labels) => (Object.hasOwn(labels, label) ? [labels[label] ?? ''] : [])),
    });
    const values = found.slice(0, context.limits.rows);
    return { label, values, ...complete(found.length > values.length, 'narrow it with selector') };
  },
});
