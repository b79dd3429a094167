import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { isInScope, scopeOf } from '../../../toolset/label-scope.ts';
import { periodOf } from '../../../toolset/query/time.ts';
import { LabelSet, SeriesData } from '../api.ts';
import { lookupFields, matchOf } from '../lookup.ts';
import { complete, completeness, tool } from '../tool.ts';

export const promSeries = tool({
  name: 'prom_series',
  access: 'read',
  title: 'List series',
  description:
    'List the label sets of the series that a selector finds within the link’s labels, in the last hour unless start says otherwise.',
  reach: 'sub',
  params: z.strictObject(lookupFields),
  output: z.strictObject({ series: z.array(LabelSet), ...completeness }),
  list: 'series',
  async run({ client, target, signal, limits }, args) {
    const scope = scopeOf(target);
    const match = await matchOf(args, scope);
    if (match === undefined) {
      throw new ToolError(
        'invalid_arguments',
        'name a metric, matchers or a selector; all series are too many',
      );
    }
    const { data, warnings } = await client.ask(
      {
        method: 'POST',
        path: ['series'],
        params: [['match[]', match], ...periodOf(args), ['limit', String(limits.rows + 1)]],
        data: SeriesData,
      },
      { signal, limits },
    );
    if (!data.every((labels) => isInScope(labels, scope))) {
      throw new ToolError(
        'backend_failed',
        'the server returned series that were not asked for; nothing is shown',
      );
    }
    const series = data.slice(0, limits.rows);
    return { series, ...complete(data.length > series.length, 'add matchers or shorten the time', warnings) };
  },
});
