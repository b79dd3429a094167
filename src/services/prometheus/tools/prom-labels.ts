import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { LABEL_NAME, scopeOf } from '../../../toolset/label-scope.ts';
import { periodOf } from '../../../toolset/query/time.ts';
import type { Ask } from '../client.ts';
import { askNames, lookupFields, matchOf } from '../lookup.ts';
import { complete, completeness, tool } from '../tool.ts';

export const promLabels = tool({
  name: 'prom_labels',
  access: 'read',
  title: 'List label names or values',
  description:
    'List the label names in use, or the values of one label, among the series within the link’s labels; in the last hour unless start says otherwise.',
  reach: 'sub',
  params: z.strictObject({
    label: z
      .string()
      .max(200)
      .regex(LABEL_NAME, 'a label name has letters, digits and _ only')
      .optional()
      .describe('Whose values to list; without it the names are listed'),
    ...lookupFields,
  }),
  output: z.strictObject({
    label: z.string().optional(),
    values: z.array(z.string()).describe('Values of the label, or label names'),
    ...completeness,
  }),
  list: 'values',
  async run(context, { label, ...lookup }) {
    const { limits } = context;
    const scope = scopeOf(context.target);
    const match = await matchOf(lookup, scope);
    const params: [string, string][] = [...periodOf(lookup), ['limit', String(limits.rows + 1)]];
    if (match !== undefined) params.push(['match[]', match]);
    const { names, warnings } = await askNames(context, scope, requestOf(label, params));
    const values = names.slice(0, limits.rows);
    return {
      ...(label === undefined ? {} : { label }),
      values,
      ...complete(names.length > values.length, 'narrow it with metric or matchers', warnings),
    };
  },
});

type Request = Omit<Ask<string[]>, 'data'>;

function requestOf(label: string | undefined, params: Request['params']): Request {
  if (label === undefined) return { method: 'POST', path: ['labels'], params };
  // The one place where a caller's word becomes part of a path.
  if (!LABEL_NAME.test(label))
    throw new ToolError('invalid_arguments', 'a label name has letters, digits and _ only');
  return { method: 'GET', path: ['label', label, 'values'], params };
}
