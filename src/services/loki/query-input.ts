import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { LABEL_NAME, type ScopeLabels } from '../../toolset/label-scope.ts';
import { isEncodable } from '../../toolset/query/string-literal.ts';
import { DurationInput } from '../../toolset/query/time.ts';
import { buildQuery, LINE_OPERATORS, WINDOW_FUNCTIONS } from './logql/build.ts';

const LabelName = z.string().max(200).regex(LABEL_NAME, 'a label name has letters, digits and _ only');
const Text = z.string().max(2000).refine(isEncodable, 'must hold neither NUL nor half a surrogate pair');
const Labels = z.array(LabelName).max(20);

/** A query: typed, or as one LogQL text. */
export const queryFields = {
  logql: z.string().min(1).optional().describe('One LogQL query; instead of all typed fields'),
  matchers: z
    .array(
      z.strictObject({
        label: LabelName,
        op: z.enum(['=', '!=', '=~', '!~']).default('='),
        value: Text,
      }),
    )
    .max(20)
    .optional()
    .describe('Pick streams'),
  line_filters: z
    .array(z.strictObject({ op: z.enum(LINE_OPERATORS).default('|='), value: Text }))
    .max(20)
    .optional()
    .describe('|= holds the text, |~ matches the RE2 regular expression'),
  parser: z
    .strictObject({
      type: z.enum(['json', 'logfmt', 'unpack', 'pattern', 'regexp']),
      expression: Text.optional().describe('For pattern and regexp'),
    })
    .optional(),
  label_filters: z
    .array(
      z.strictObject({
        label: LabelName,
        op: z.enum(['=', '!=', '=~', '!~', '>', '>=', '<', '<=']).default('='),
        value: z.union([z.number(), Text]).describe('A number, text, or 250ms, 5KB to compare'),
      }),
    )
    .max(20)
    .optional(),
  function: z.enum(WINDOW_FUNCTIONS).optional().describe('Makes numbers of lines'),
  unwrap: LabelName.optional().describe('Label whose numbers the function takes'),
  window: DurationInput.optional(),
  quantile: z.number().min(0).max(1).optional(),
  aggregation: z
    .strictObject({
      op: z.enum(['sum', 'avg', 'min', 'max', 'count', 'stddev', 'stdvar', 'topk', 'bottomk']),
      by: Labels.optional(),
      without: Labels.optional(),
      k: z.number().int().min(1).max(1000).optional(),
    })
    .optional(),
};
const QueryInput = z.object(queryFields);
export type QueryInput = z.output<typeof QueryInput>;

/** The LogQL of a query input, not yet guarded. Throws ToolError('invalid_arguments'). */
export function logqlOf(input: QueryInput, scope: ScopeLabels): string {
  const { logql, ...typed } = input;
  const used = Object.entries(typed).flatMap(([field, value]) => (value === undefined ? [] : [field]));
  if (logql === undefined) return buildQuery(typed, scope);
  if (used.length === 0) return logql;
  throw new ToolError('invalid_arguments', `give either logql or ${used.join(', ')}, not both`);
}
