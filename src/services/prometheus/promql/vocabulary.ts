/** Functions whose every series comes from a selector in their arguments, and that are not experimental. */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['abs', 'absent', 'absent_over_time', 'acos', 'acosh', 'asin', 'asinh', 'atan', 'atanh'],
  ...[
    'avg_over_time',
    'ceil',
    'changes',
    'clamp',
    'clamp_max',
    'clamp_min',
    'cos',
    'cosh',
    'count_over_time',
  ],
  ...['day_of_month', 'day_of_week', 'day_of_year', 'days_in_month', 'deg', 'delta', 'deriv', 'exp', 'floor'],
  ...['histogram_avg', 'histogram_count', 'histogram_fraction', 'histogram_quantile', 'histogram_stddev'],
  ...['histogram_stdvar', 'histogram_sum', 'hour', 'idelta', 'increase', 'irate', 'label_join'],
  ...['label_replace', 'last_over_time', 'ln', 'log10', 'log2', 'max_over_time', 'min_over_time', 'minute'],
  ...['month', 'pi', 'predict_linear', 'present_over_time', 'quantile_over_time', 'rad', 'rate', 'resets'],
  ...['round', 'scalar', 'sgn', 'sin', 'sinh', 'sort', 'sort_desc', 'sqrt', 'stddev_over_time'],
  ...['stdvar_over_time', 'sum_over_time', 'tan', 'tanh', 'time', 'timestamp', 'vector', 'year'],
]);

/** Aggregations; `limitk` and `limit_ratio` are experimental and stay out. */
export const AGGREGATIONS: ReadonlySet<string> = new Set([
  ...['avg', 'bottomk', 'count', 'count_values', 'group', 'max', 'min', 'quantile', 'stddev', 'stdvar'],
  ...['sum', 'topk'],
]);

/** Node name of each binary operator to how it is written. */
export const OPERATORS: Readonly<Record<string, string>> = {
  Pow: '^',
  Mul: '*',
  Div: '/',
  Mod: '%',
  Atan2: 'atan2',
  Add: '+',
  Sub: '-',
  Eql: '==',
  Neq: '!=',
  Gte: '>=',
  Gtr: '>',
  Lte: '<=',
  Lss: '<',
  And: 'and',
  Unless: 'unless',
  Or: 'or',
};

/** Node name of each matcher operator to how it is written. */
export const MATCH_OPERATORS: Readonly<Record<string, string>> = {
  EqlSingle: '=',
  Neq: '!=',
  EqlRegex: '=~',
  NeqRegex: '!~',
};

export const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
export const NUMBER =
  /^[+-]?(?:0x[0-9a-f]+|(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?|inf|nan)$/i;
