import { ToolError } from '../../../toolset/errors.ts';
import type { Matcher } from '../../../toolset/query/matcher.ts';
import { printLabelName, printSelector } from './selector.ts';

/** Functions over a window. */
export const RANGE_FUNCTIONS = [
  ...(['rate', 'increase', 'irate', 'delta', 'idelta', 'deriv', 'resets', 'changes'] as const),
  ...(['avg_over_time', 'min_over_time', 'max_over_time', 'sum_over_time', 'count_over_time'] as const),
  ...(['last_over_time', 'stddev_over_time', 'quantile_over_time', 'present_over_time'] as const),
  'absent_over_time',
] as const;
/** Functions over the present value. */
export const INSTANT_FUNCTIONS = ['abs', 'ceil', 'floor', 'round', 'timestamp', 'absent'] as const;

type RangeFunction = (typeof RANGE_FUNCTIONS)[number];
type InstantFunction = (typeof INSTANT_FUNCTIONS)[number];

export interface Aggregation {
  readonly op: string;
  readonly by?: readonly string[] | undefined;
  readonly without?: readonly string[] | undefined;
  readonly k?: number | undefined;
  readonly quantile?: number | undefined;
}

/** A query in fields rather than text. Strings in it are values, never PromQL. */
export interface TypedQuery {
  readonly metric?: string | undefined;
  readonly matchers?: readonly Matcher[] | undefined;
  readonly function?: RangeFunction | InstantFunction | 'histogram_quantile' | undefined;
  readonly window?: string | undefined;
  readonly quantile?: number | undefined;
  readonly aggregation?: Aggregation | undefined;
}

/** Compiles a typed query to PromQL. Throws ToolError('invalid_arguments') for fields that do not go together. */
export function buildQuery(query: TypedQuery): string {
  const { metric, matchers = [] } = query;
  check(metric !== undefined || matchers.length > 0, 'name a metric or at least one matcher, or give expr');
  const selector = printSelector(metric === undefined ? { matchers } : { metric, matchers });
  if (query.function === 'histogram_quantile') return buildHistogram(query, selector);
  const inner = buildFunction(query, selector);
  return query.aggregation ? buildAggregation(query.aggregation, inner) : inner;
}

function buildFunction({ function: name, window, quantile }: TypedQuery, selector: string): string {
  const ranged = RANGE_FUNCTIONS.find((one) => one === name);
  const needsQuantile = name === 'quantile_over_time';
  check(
    needsQuantile === (quantile !== undefined),
    'quantile goes with quantile_over_time or histogram_quantile',
  );
  check(
    (ranged !== undefined) === (window !== undefined),
    'window goes with a function over time, such as rate',
  );
  if (name === undefined) return selector;
  const range = window === undefined ? '' : `[${window}]`;
  return `${name}(${needsQuantile ? `${quantile}, ` : ''}${selector}${range})`;
}

/** The usual form over a classic histogram's `_bucket` series: rates summed by `le` first. */
function buildHistogram({ window, quantile, aggregation }: TypedQuery, selector: string): string {
  check(window !== undefined && quantile !== undefined, 'histogram_quantile needs window and quantile');
  const plain = aggregation === undefined || (aggregation.op === 'sum' && !aggregation.without);
  check(plain, 'histogram_quantile sums by le itself; its aggregation may only be sum with by');
  const labels = ['le', ...(aggregation?.by ?? []).filter((label) => label !== 'le')];
  return `histogram_quantile(${quantile}, sum by ${list(labels)} (rate(${selector}[${window}])))`;
}

function buildAggregation({ op, by, without, k, quantile }: Aggregation, inner: string): string {
  check(!(by && without), 'give by or without, not both');
  check((op === 'topk' || op === 'bottomk') === (k !== undefined), 'k goes with topk and bottomk');
  check((op === 'quantile') === (quantile !== undefined), 'aggregation.quantile goes with the op quantile');
  const grouping = by ? ` by ${list(by)} ` : without ? ` without ${list(without)} ` : '';
  const parameter = k ?? quantile;
  return `${op}${grouping}(${parameter === undefined ? '' : `${parameter}, `}${inner})`;
}

const list = (labels: readonly string[]) => `(${labels.map(printLabelName).join(', ')})`;

function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new ToolError('invalid_arguments', message);
}
