import { z } from 'zod';
import { scopeOf } from '../../../toolset/label-scope.ts';
import { deadlineOf, fitSeries, samplesWithin } from '../../../toolset/query/sizing.ts';
import { currentMoment, momentOf, TimeInput } from '../../../toolset/query/time.ts';
import { Histogram, type InstantSeries, LabelSet, QueryData, type RangeSeries, Sample } from '../api.ts';
import { promqlOf, queryFields } from '../query-input.ts';
import { complete, completeness, tool } from '../tool.ts';

const Result = z.strictObject({
  metric: LabelSet,
  value: z.string().optional(),
  at: z.number().optional().describe('Unix seconds'),
  histogram: Histogram.optional(),
  values: z.array(Sample).optional().describe('[Unix seconds, value] pairs, for a range such as up[5m]'),
});
type Result = z.output<typeof Result>;

export const promQuery = tool({
  name: 'prom_query',
  access: 'read',
  title: 'Query metrics at one moment',
  description:
    'Evaluate a PromQL query at one moment, now by default. Give typed fields (metric, matchers, function, window, aggregation), or one expression as expr. Only series within the link’s labels are read.',
  reach: 'sub',
  params: z.strictObject({ ...queryFields, time: TimeInput.optional() }),
  output: z.strictObject({
    query: z.string().describe('The expression that ran, with the link’s labels in it'),
    resultType: z.enum(['vector', 'matrix', 'scalar', 'string']),
    result: z.array(Result),
    ...completeness,
  }),
  list: 'result',
  async run({ client, target, signal, limits }, { time = 'now', ...query }) {
    // The parser is loaded by the first query, not at start.
    const { guardExpression } = await import('../guard.ts');
    const { expr } = guardExpression(promqlOf(query), scopeOf(target));
    const { data, warnings } = await client.ask(
      {
        method: 'POST',
        path: ['query'],
        params: [
          ['query', expr],
          ['time', momentOf(time, currentMoment()).toFixed(3)],
          ['timeout', deadlineOf(limits)],
          ['limit', String(limits.rows + 1)],
        ],
        data: QueryData,
      },
      { signal, limits },
    );
    const { kept, cut } = fitSeries(resultsOf(data), limits.rows, samplesWithin(limits));
    const hint = `${kept.length} results are shown; add matchers or an aggregation such as topk`;
    return { query: expr, resultType: data.resultType, result: kept, ...complete(cut, hint, warnings) };
  },
});

function resultsOf(data: QueryData): Result[] {
  if (data.resultType === 'vector') return data.result.map(ofInstant);
  if (data.resultType === 'matrix') return data.result.map(ofRange);
  const [at, value] = data.result;
  return [{ metric: {}, value, at }];
}

const ofInstant = ({ metric, value, histogram }: InstantSeries): Result =>
  histogram
    ? { metric, at: histogram[0], histogram: histogram[1] }
    : { metric, ...(value ? { value: value[1], at: value[0] } : {}) };

const ofRange = ({ metric, values, histograms }: RangeSeries): Result => ({
  metric,
  values: values ?? (histograms ?? []).map(([at, { count }]) => [at, count]),
});
