import { z } from 'zod';
import { complete, completeness } from '../../../toolset/completeness.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { type ScopeLabels, scopeOf } from '../../../toolset/label-scope.ts';
import { currentMoment, momentOf, TimeInput } from '../../../toolset/query/time.ts';
import { InstantAnswer, LabelSet } from '../api.ts';
import { logqlOf, queryFields } from '../query-input.ts';
import { withoutStrangers } from '../series.ts';
import { tool } from '../tool.ts';

const Result = z.strictObject({
  metric: LabelSet,
  value: z.string(),
  at: z.number().describe('Unix seconds'),
});
type Result = z.output<typeof Result>;

export const lokiQuery = tool({
  name: 'loki_query',
  access: 'read',
  title: 'Count logs at one moment',
  description:
    'Numbers made of log lines at one moment, now by default: typed fields with a function and window, or LogQL such as sum by (app) (rate({app="api"} |= "error" [5m])). Only streams within the link’s labels are read.',
  reach: 'sub',
  params: z.strictObject({ ...queryFields, time: TimeInput.optional() }),
  output: z.strictObject({
    query: z.string().describe('The query that ran, with the link’s labels in it'),
    result: z.array(Result),
    ...completeness,
  }),
  list: 'result',
  async run({ client, target, signal, limits }, { time = 'now', ...input }) {
    const scope = scopeOf(target);
    const query = await metricOf(logqlOf(input, scope), scope);
    const params = [
      ['query', query],
      ['time', momentOf(time, currentMoment()).toFixed(3)],
    ] as const;
    const { data, warnings } = await client.ask({ endpoint: 'query', params, answer: InstantAnswer }, signal);
    const found = resultsOf(data, scope);
    const result = found.slice(0, limits.rows);
    const isPartial = (warnings ?? []).length > 0;
    const hint = isPartial
      ? 'the server says that the result is partial; narrow the selector or the window'
      : `${result.length} results are shown; add matchers or an aggregation such as topk`;
    return { query, result, ...complete(found.length > result.length || isPartial, hint) };
  },
});

/** The guarded query, if it yields numbers. */
async function metricOf(text: string, scope: ScopeLabels): Promise<string> {
  // The parser is loaded by the first query, not at start.
  const { guardQuery } = await import('../guard.ts');
  const { logql, kind } = guardQuery(text, scope);
  if (kind === 'metric') return logql;
  throw new ToolError(
    'invalid_arguments',
    'this query yields lines, which loki_query_range reads; here name a function such as count_over_time and a window',
  );
}

function resultsOf(data: InstantAnswer['data'], scope: ScopeLabels): Result[] {
  if (data.resultType === 'scalar') return [{ metric: {}, value: data.result[1], at: data.result[0] }];
  return withoutStrangers(data.result, scope).map(({ metric, value: [at, value] }) => ({
    metric,
    value,
    at,
  }));
}
