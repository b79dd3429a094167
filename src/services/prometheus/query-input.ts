import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { LABEL_NAME } from '../../toolset/label-scope.ts';
import { isEncodable } from '../../toolset/query/string-literal.ts';
import { DurationInput } from '../../toolset/query/time.ts';
import { buildQuery, INSTANT_FUNCTIONS, RANGE_FUNCTIONS } from './promql/build.ts';
import { printSelector } from './promql/selector.ts';

const LabelName = z.string().max(200).regex(LABEL_NAME, 'a label name has letters, digits and _ only');
const Text = z.string().max(2000).refine(isEncodable, 'must hold neither NUL nor half a surrogate pair');
const Labels = z.array(LabelName).max(20);

/** Picks series by metric name and label matchers. */
export const selectionFields = {
  metric: Text.min(1).max(200).optional().describe('Metric name'),
  matchers: z
    .array(
      z.strictObject({
        label: LabelName,
        op: z.enum(['=', '!=', '=~', '!~']).default('='),
        value: Text.describe('Taken as it is; a regular expression (RE2, anchored) with =~ and !~'),
      }),
    )
    .max(20)
    .optional(),
};

/** A query: typed, or as one PromQL expression. */
export const queryFields = {
  expr: z.string().min(1).optional().describe('One PromQL expression; instead of all typed fields'),
  ...selectionFields,
  function: z.enum([...RANGE_FUNCTIONS, 'histogram_quantile', ...INSTANT_FUNCTIONS]).optional(),
  window: DurationInput.optional().describe('Range of rate, *_over_time and the like: 5m'),
  quantile: z.number().min(0).max(1).optional().describe('For histogram_quantile and quantile_over_time'),
  aggregation: z
    .strictObject({
      op: z.enum([
        'sum',
        'avg',
        'min',
        'max',
        'count',
        'group',
        'stddev',
        'stdvar',
        'topk',
        'bottomk',
        'quantile',
      ]),
      by: Labels.optional(),
      without: Labels.optional(),
      k: z.number().int().min(1).max(1000).optional().describe('For topk and bottomk'),
      quantile: z.number().min(0).max(1).optional().describe('For the aggregation quantile'),
    })
    .optional(),
};
const QueryInput = z.object(queryFields);
export type QueryInput = z.output<typeof QueryInput>;
const Selection = z.object(selectionFields);
type Selection = z.output<typeof Selection>;

/** The PromQL of a query input, not yet guarded. Throws ToolError('invalid_arguments'). */
export function promqlOf(input: QueryInput): string {
  const { expr, ...typed } = input;
  const used = Object.entries(typed).flatMap(([field, value]) => (value === undefined ? [] : [field]));
  if (expr === undefined) return buildQuery(typed);
  if (used.length === 0) return expr;
  throw new ToolError('invalid_arguments', `give either expr or ${used.join(', ')}, not both`);
}

/** The selector of a selection, not yet guarded; undefined when it names nothing. */
export const selectionOf = ({ metric, matchers = [] }: Selection): string | undefined =>
  metric === undefined && matchers.length === 0
    ? undefined
    : printSelector(metric === undefined ? { matchers } : { metric, matchers });
