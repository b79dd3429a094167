import { z } from 'zod';
import { complete, completeness } from '../../../toolset/completeness.ts';
import type { Limits } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { type ScopeLabels, scopeOf } from '../../../toolset/label-scope.ts';
import { fitSeries, rangeOf, samplesWithin } from '../../../toolset/query/sizing.ts';
import { DurationInput, TimeInput } from '../../../toolset/query/time.ts';
import { LabelSet, RangeAnswer, Sample } from '../api.ts';
import { type Direction, Line, readLines } from '../log-lines.ts';
import { logqlOf, queryFields } from '../query-input.ts';
import { withoutStrangers } from '../series.ts';
import { tool } from '../tool.ts';

const DEFAULT_LINES = 100;
/** Of the byte limit, what is left for lines when streams and frame are written. */
const SHARE_OF_LINES = 0.8;

const Series = z.strictObject({
  metric: LabelSet,
  values: z.array(Sample).describe('[Unix seconds, value]'),
});

export const lokiQueryRange = tool({
  name: 'loki_query_range',
  access: 'read',
  title: 'Read log lines, or count them over time',
  description:
    'Log lines between two moments, the newest first, or, where the query has a function, numbers at every step. Typed fields, or LogQL such as {app="api"} |= "error" | json. A step that would give too many points is raised.',
  reach: 'sub',
  params: z.strictObject({
    ...queryFields,
    start: TimeInput.optional().describe('-1h by default; RFC 3339, Unix seconds, or relative such as -15m'),
    end: TimeInput.optional().describe('now by default; as start'),
    limit: z.number().int().min(1).max(5000).optional().describe('Most lines; 100 by default'),
    direction: z.enum(['backward', 'forward']).optional().describe('forward: oldest first'),
    step: DurationInput.optional().describe('Between points of numbers'),
  }),
  output: z.strictObject({
    query: z.string().describe('The query that ran, with the link’s labels in it'),
    start: z.number().describe('Unix seconds'),
    end: z.number().describe('Unix seconds'),
    step: z.number().optional().describe('Seconds between points of numbers'),
    note: z.string().optional().describe('How the step was changed'),
    streams: z.array(LabelSet).optional().describe('Labels of the streams that the lines name'),
    result: z.array(z.union([Line, Series])),
    ...completeness,
  }),
  list: 'result',
  async run({ client, target, signal, limits }, args) {
    const {
      start = '-1h',
      end = 'now',
      step,
      limit = DEFAULT_LINES,
      direction = 'backward',
      ...input
    } = args;
    const scope = scopeOf(target);
    // The parser is loaded by the first query, not at start.
    const { guardQuery } = await import('../guard.ts');
    const { logql: query, kind } = guardQuery(logqlOf(input, scope), scope);
    const { step: every, note, ...range } = rangeOf(start, end, step, samplesWithin(limits));
    const most = Math.min(limit, limits.rows);
    const params = [
      ['query', query],
      ['start', range.start.toFixed(3)],
      ['end', range.end.toFixed(3)],
      ...(kind === 'metric'
        ? ([['step', String(every)]] as const)
        : ([
            ['limit', String(most + 1)],
            ['direction', direction],
          ] as const)),
    ] as const;
    const answer = await client.ask({ endpoint: 'query_range', params, answer: RangeAnswer }, signal);
    const shown = { query, ...range };
    if (kind === 'logs') return { ...shown, ...linesOf(answer, scope, direction, most, limits) };
    return { ...shown, step: every, ...(note ? { note } : {}), ...seriesOf(answer, scope, limits) };
  },
});

function linesOf(
  { data, warnings }: RangeAnswer,
  scope: ScopeLabels,
  direction: Direction,
  most: number,
  limits: Limits,
) {
  if (data.resultType !== 'streams') throw unexpected('lines');
  const room = { lines: most, bytes: limits.bytes * SHARE_OF_LINES };
  const { streams, lines, more, withheld } = readLines(data.result, scope, direction, room);
  const hints = [
    ...(more ? [`${lines.length} lines are shown; ${nextOf(lines, direction)}, or filter them`] : []),
    ...(withheld > 0 ? [`${withheld} streams without the link’s labels were left out`] : []),
    ...partial(warnings),
  ];
  return { streams, result: lines, ...complete(hints.length > 0, hints.join('; ')) };
}

/** How to read on. Moments of calls have milliseconds, so a line may come twice; none is lost. */
function nextOf(lines: readonly Line[], direction: Direction): string {
  const last = lines.at(-1)?.at;
  if (last === undefined) return 'ask for a shorter time';
  const isBackward = direction === 'backward';
  const moment = new Date(Date.parse(last) + (isBackward ? 1 : 0)).toISOString();
  return isBackward ? `for older ones set end to ${moment}` : `for newer ones set start to ${moment}`;
}

function seriesOf({ data, warnings }: RangeAnswer, scope: ScopeLabels, limits: Limits) {
  if (data.resultType !== 'matrix') throw unexpected('numbers');
  const { kept, cut } = fitSeries(withoutStrangers(data.result, scope), limits.rows, samplesWithin(limits));
  const hints = [
    ...(cut ? [`${kept.length} series are shown; use a larger step, a shorter time or an aggregation`] : []),
    ...partial(warnings),
  ];
  return { result: kept, ...complete(hints.length > 0, hints.join('; ')) };
}

const partial = (warnings: RangeAnswer['warnings']): string[] =>
  (warnings ?? []).length > 0
    ? ['the server says that the result is partial; narrow the selector or the time']
    : [];

const unexpected = (expected: string) =>
  new ToolError('backend_failed', `the server did not answer with ${expected}; check the component’s url`);
