import { ToolError } from '../../../toolset/errors.ts';
import type { ScopeLabels } from '../../../toolset/label-scope.ts';
import { type Matcher, matchersOf } from '../../../toolset/query/matcher.ts';
import { encodeString } from '../../../toolset/query/string-literal.ts';
import { printMatcher, printSelector } from './selector.ts';
import { SIZE, SPAN } from './vocabulary.ts';

/** Functions that count lines in a window. */
const LINE_FUNCTIONS = [
  'count_over_time',
  'rate',
  'bytes_over_time',
  'bytes_rate',
  'absent_over_time',
] as const;
/** Functions over the numbers of one label in a window. */
const VALUE_FUNCTIONS = [
  ...(['sum_over_time', 'avg_over_time', 'min_over_time', 'max_over_time', 'quantile_over_time'] as const),
  ...(['first_over_time', 'last_over_time', 'stddev_over_time'] as const),
];
export const WINDOW_FUNCTIONS = [...LINE_FUNCTIONS, ...VALUE_FUNCTIONS] as const;
export const LINE_OPERATORS = ['|=', '!=', '|~', '!~'] as const;

/** A query in fields rather than text. Strings in it are values, never LogQL. */
export interface TypedQuery {
  readonly matchers?: readonly Matcher[] | undefined;
  readonly line_filters?: readonly { readonly op: string; readonly value: string }[] | undefined;
  readonly parser?: { readonly type: string; readonly expression?: string | undefined } | undefined;
  readonly label_filters?: readonly LabelFilter[] | undefined;
  readonly function?: (typeof WINDOW_FUNCTIONS)[number] | undefined;
  readonly unwrap?: string | undefined;
  readonly window?: string | undefined;
  readonly quantile?: number | undefined;
  readonly aggregation?: Aggregation | undefined;
}

interface LabelFilter {
  readonly label: string;
  readonly op: string;
  readonly value: string | number;
}

interface Aggregation {
  readonly op: string;
  readonly by?: readonly string[] | undefined;
  readonly without?: readonly string[] | undefined;
  readonly k?: number | undefined;
}

/**
 * Compiles a typed query to LogQL; without matchers it goes over all streams of the scope.
 * Throws ToolError('invalid_arguments') for fields that do not go together.
 */
export function buildQuery(query: TypedQuery, scope: ScopeLabels): string {
  const given = query.matchers ?? [];
  const matchers = given.length > 0 ? given : matchersOf(scope);
  check(matchers.length > 0, 'name at least one matcher, or give logql');
  const lines = [printSelector(matchers), ...stagesOf(query)].join(' ');
  if (query.function === undefined) {
    const numbers = query.window ?? query.unwrap ?? query.quantile ?? query.aggregation;
    check(numbers === undefined, 'window, unwrap, quantile and aggregation go with a function');
    return lines;
  }
  const inner = buildFunction(query, query.function, lines);
  return query.aggregation ? buildAggregation(query.aggregation, inner) : inner;
}

function stagesOf({ line_filters = [], parser, label_filters = [] }: TypedQuery): string[] {
  return [
    ...line_filters.map(({ op, value }) => `${op} ${encodeString(value)}`),
    ...(parser ? [`| ${buildParser(parser)}`] : []),
    ...label_filters.map((filter) => `| ${buildLabelFilter(filter)}`),
  ];
}

function buildParser({ type, expression }: NonNullable<TypedQuery['parser']>): string {
  const needs = type === 'pattern' || type === 'regexp';
  check(needs === (expression !== undefined), 'parser.expression goes with pattern and regexp');
  return expression === undefined ? type : `${type} ${encodeString(expression)}`;
}

function buildLabelFilter({ label, op, value }: LabelFilter): string {
  const isRegex = op === '=~' || op === '!~';
  if (typeof value === 'number') {
    check(!isRegex, `${op} takes text`);
    return `${label} ${op} ${value}`;
  }
  if (isRegex || op === '=' || op === '!=') return printMatcher({ label, op, value });
  check(
    SPAN.test(value) || SIZE.test(value),
    `${op} takes a number, a duration such as 250ms or a size such as 5KB`,
  );
  return `${label} ${op} ${value}`;
}

function buildFunction({ unwrap, window, quantile }: TypedQuery, name: string, lines: string): string {
  check(window !== undefined, 'a function needs a window, such as 5m');
  const isOfValues = VALUE_FUNCTIONS.some((one) => one === name);
  check(
    isOfValues ? unwrap !== undefined : unwrap === undefined || name === 'rate',
    `unwrap goes with ${VALUE_FUNCTIONS.join(', ')} and rate`,
  );
  check(
    (name === 'quantile_over_time') === (quantile !== undefined),
    'quantile goes with quantile_over_time',
  );
  const unwrapped = unwrap === undefined ? '' : ` | unwrap ${unwrap} | __error__=""`;
  return `${name}(${quantile === undefined ? '' : `${quantile}, `}${lines}${unwrapped} [${window}])`;
}

function buildAggregation({ op, by, without, k }: Aggregation, inner: string): string {
  check(!(by && without), 'give by or without, not both');
  check((op === 'topk' || op === 'bottomk') === (k !== undefined), 'k goes with topk and bottomk');
  const grouping = by ? ` by (${by.join(', ')}) ` : without ? ` without (${without.join(', ')}) ` : '';
  return `${op}${grouping}(${k === undefined ? '' : `${k}, `}${inner})`;
}

function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new ToolError('invalid_arguments', message);
}
