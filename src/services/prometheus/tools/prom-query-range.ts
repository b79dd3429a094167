import { z } from 'zod';
import { scopeOf } from '../../../toolset/label-scope.ts';
import { deadlineOf, fitSeries, rangeOf, samplesWithin } from '../../../toolset/query/sizing.ts';
import { DurationInput, TimeInput } from '../../../toolset/query/time.ts';
import { LabelSet, RangeData, type RangeSeries, Sample } from '../api.ts';
import { promqlOf, queryFields } from '../query-input.ts';
import { complete, completeness, tool } from '../tool.ts';

export const promQueryRange = tool({
  name: 'prom_query_range',
  access: 'read',
  title: 'Query metrics over time',
  description:
    'Evaluate a PromQL query at every step between two moments: typed fields, or one expression as expr. Without a step about 120 points are taken; a step that would give too many is raised, and the answer says so.',
  reach: 'sub',
  params: z.strictObject({
    ...queryFields,
    start: TimeInput,
    end: TimeInput.optional().describe('now by default; as start'),
    step: DurationInput.optional(),
  }),
  output: z.strictObject({
    query: z.string().describe('The expression that ran, with the link’s labels in it'),
    start: z.number().describe('Unix seconds'),
    end: z.number().describe('Unix seconds'),
    step: z.number().describe('Seconds between points'),
    note: z.string().optional().describe('How the step was changed'),
    series: z.array(
      z.strictObject({ metric: LabelSet, values: z.array(Sample).describe('[Unix seconds, value] pairs') }),
    ),
    ...completeness,
  }),
  list: 'series',
  async run({ client, target, signal, limits }, { start, end = 'now', step, ...query }) {
    // The parser is loaded by the first query, not at start.
    const { guardExpression } = await import('../guard.ts');
    const { expr } = guardExpression(promqlOf(query), scopeOf(target));
    const range = rangeOf(start, end, step, samplesWithin(limits));
    const { data, warnings } = await client.ask(
      {
        method: 'POST',
        path: ['query_range'],
        params: [
          ['query', expr],
          ['start', range.start.toFixed(3)],
          ['end', range.end.toFixed(3)],
          ['step', String(range.step)],
          ['timeout', deadlineOf(limits)],
          ['limit', String(limits.rows + 1)],
        ],
        data: RangeData,
      },
      { signal, limits },
    );
    const { kept, cut } = fitSeries(data.result.map(compact), limits.rows, samplesWithin(limits));
    const hint = `${kept.length} series are shown; use a larger step, a shorter time or an aggregation`;
    return { query: expr, ...range, series: kept, ...complete(cut, hint, warnings) };
  },
});

/** A native histogram is shown by its count. */
const compact = ({ metric, values, histograms }: RangeSeries) => ({
  metric,
  values: values ?? (histograms ?? []).map(([at, { count }]): [number, string] => [at, count]),
});
