/** Node name of each aggregation over a window to how it is written. */
export const RANGE_FUNCTIONS: Readonly<Record<string, string>> = {
  CountOverTime: 'count_over_time',
  Rate: 'rate',
  RateCounter: 'rate_counter',
  BytesOverTime: 'bytes_over_time',
  BytesRate: 'bytes_rate',
  AvgOverTime: 'avg_over_time',
  SumOverTime: 'sum_over_time',
  MinOverTime: 'min_over_time',
  MaxOverTime: 'max_over_time',
  StddevOverTime: 'stddev_over_time',
  StdvarOverTime: 'stdvar_over_time',
  QuantileOverTime: 'quantile_over_time',
  FirstOverTime: 'first_over_time',
  LastOverTime: 'last_over_time',
  AbsentOverTime: 'absent_over_time',
};

/** Node name of each aggregation over series to how it is written. */
export const AGGREGATIONS: Readonly<Record<string, string>> = {
  Sum: 'sum',
  Avg: 'avg',
  Count: 'count',
  Max: 'max',
  Min: 'min',
  Stddev: 'stddev',
  Stdvar: 'stdvar',
  Bottomk: 'bottomk',
  Topk: 'topk',
  Sort: 'sort',
  Sort_Desc: 'sort_desc',
};

export const OPERATORS: Readonly<Record<string, string>> = {
  Or: 'or',
  And: 'and',
  Unless: 'unless',
  Add: '+',
  Sub: '-',
  Mul: '*',
  Div: '/',
  Mod: '%',
  Pow: '^',
  Eql: '==',
  Neq: '!=',
  Gtr: '>',
  Gte: '>=',
  Lss: '<',
  Lte: '<=',
};

export const MATCH_OPERATORS: Readonly<Record<string, string>> = { Eq: '=', Neq: '!=', Re: '=~', Nre: '!~' };

export const LINE_FILTERS: Readonly<Record<string, string>> = {
  PipeExact: '|=',
  Neq: '!=',
  PipeMatch: '|~',
  Nre: '!~',
  PipePattern: '|>',
  Npa: '!>',
};

export const COMPARISONS: Readonly<Record<string, string>> = {
  Eq: '=',
  Eql: '==',
  Neq: '!=',
  Gtr: '>',
  Gte: '>=',
  Lss: '<',
  Lte: '<=',
};

export const CONVERSIONS: Readonly<Record<string, string>> = {
  BytesConv: 'bytes',
  DurationConv: 'duration',
  DurationSecondsConv: 'duration_seconds',
};

/** Words that Loki's lexer takes for its own where the grammar here still sees a name. */
export const RESERVED: ReadonlySet<string> = new Set([
  ...['and', 'bool', 'by', 'decolorize', 'drop', 'group_left', 'group_right', 'ignoring', 'json', 'keep'],
  ...['label_format', 'line_format', 'logfmt', 'of', 'offset', 'on', 'or', 'pattern', 'regexp', 'unless'],
  ...['unpack', 'unwrap', 'variants', 'without', 'xml'],
]);

/** Decimal numbers alone: Loki's scanner reads a leading zero as octal. */
export const NUMBER = /^(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** A duration that a label is compared with, which may have fractions and be negative. */
export const SPAN = /^-?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|[smhdwy]))+$/;
export const SIZE = /^\d+(?:\.\d+)?(?:B|[kKMGTP]B|[KMGTP]iB)$/;
