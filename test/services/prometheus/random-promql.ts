/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type Random = () => number;
type Rule = (random: Random, depth: number) => string;

/** One of several, by chance. */
export const pick = <T>(random: Random, from: readonly T[]): T => {
  const one = from[Math.floor(random() * from.length)];
  if (one === undefined) throw new RangeError('nothing to pick from');
  return one;
};

const METRICS = [
  'queue_depth',
  'build_info',
  'http_requests_total',
  'up',
  'ALERTS',
  'sum',
  'by',
  'rate',
  'a:b:c',
];
const LABELS = ['namespace', 'queue', 'app', 'job', 'le', 'on', 'by', 'sum', 'offset', 'bool', '__name__'];
const VALUES = [
  ...['"finance"', '"shop"', '".+"', '".*"', '""', "'fin'", '`ledger`', '"} or queue_depth{a=\\"b"', '"#"'],
  ...['"a\\\\"', '"\\u007d"', '"\\x22"', "'\\''", '`"}`', '"é✓"', '"\\t\\n"', '"\\175"', '"/*"', '"//"'],
];
const WINDOWS = ['5m', '1h30m', '10s', '2d', '500ms'];

const matcher: Rule = (random) =>
  `${pick(random, LABELS)}${pick(random, ['=', '!=', '=~', '!~'])}${pick(random, VALUES)}`;

const matchers: Rule = (random) => {
  const count = Math.floor(random() * 4);
  const list = Array.from({ length: count }, () => matcher(random, 0)).join(
    pick(random, [',', ' , ', ',\n']),
  );
  return `{${list}${count > 0 && random() < 0.2 ? ',' : ''}}`;
};

const selector: Rule = (random) =>
  pick<() => string>(random, [
    () => pick(random, METRICS),
    () => `${pick(random, METRICS)}${matchers(random, 0)}`,
    () => `{__name__=${pick(random, ['"queue_depth"', '~"queue.*"', '~".+"'])},${matcher(random, 0)}}`,
    () => `{__name__=~".+"}`,
  ])();

const moved: Rule = (random) =>
  pick(random, [
    '',
    '',
    '',
    ' offset 5m',
    ' offset -1h',
    ' @ 1700000000',
    ' @ start()',
    ' @ end() offset 1m',
  ]);

const range: Rule = (random, depth) =>
  random() < 0.7 || depth <= 0
    ? `${selector(random, depth)}[${pick(random, WINDOWS)}]${moved(random, 0)}`
    : `(${vector(random, depth - 1)})[${pick(random, WINDOWS)}:${pick(random, ['', '1m', '30s'])}]${moved(random, 0)}`;

const grouping: Rule = (random) =>
  pick(random, ['', ' by (namespace)', ' by (queue, app)', ' without (le,)', ' by ()', ' BY (namespace)']);

const matching: Rule = (random) =>
  pick(random, [
    '',
    ' on (job)',
    ' ignoring (queue, app)',
    ' on () group_left (namespace)',
    ' on (job) group_right ()',
  ]);

const vector: Rule = (random, depth) => {
  if (depth <= 0) return `${selector(random, 0)}${moved(random, 0)}`;
  const next = (rule: Rule) => rule(random, depth - 1);
  return pick<() => string>(random, [
    () => `${next(selector)}${next(moved)}`,
    () => `${pick(random, ['rate', 'increase', 'max_over_time', 'absent_over_time'])}(${next(range)})`,
    () => `quantile_over_time(0.9, ${next(range)})`,
    () => `${pick(random, ['sum', 'MAX', 'count', 'group'])}${next(grouping)} (${next(vector)})`,
    () => `sum (${next(vector)})${next(grouping)}`,
    () => `topk${next(grouping)}(3, ${next(vector)})`,
    () => `count_values("namespace", ${next(vector)})`,
    () => `${pick(random, ['abs', 'absent', 'sort_desc', 'timestamp', 'ceil'])}(${next(vector)})`,
    () => `histogram_quantile(0.9, ${next(vector)})`,
    () => `label_replace(${next(vector)}, "queue", "$1", "queue", "(.*)")`,
    () => `label_join(${next(vector)}, "x", "-", "queue", "app")`,
    () => `vector(${next(scalar)})`,
    () => `(${next(vector)})`,
    () => `${pick(random, ['-', '+', '- '])}${next(vector)}`,
    () =>
      `${next(vector)} ${pick(random, ['+', '*', '/', '^', '%', 'atan2'])}${next(matching)} ${next(vector)}`,
    () => `${next(vector)} ${pick(random, ['==', '>', '<= bool', '!= bool'])} ${next(scalar)}`,
    () => `${next(vector)} ${pick(random, ['and', 'OR', 'unless'])} ${next(vector)}`,
    () => `clamp_max(${next(vector)}, ${next(scalar)})`,
  ])();
};

const scalar: Rule = (random, depth) =>
  depth > 0 && random() < 0.2
    ? `scalar(${vector(random, depth - 1)})`
    : pick(random, ['1', '0.5', '1e3', '0x1F', 'Inf', '-NaN', '.5', 'time()', 'pi()', '(2)', '-1']);

/** A PromQL expression that the grammar above knows, at most `depth` deep. */
export const randomExpression = (random: Random, depth: number): string =>
  random() < 0.1 ? `${scalar(random, depth)} * ${vector(random, depth)}` : vector(random, depth);

const NASTY = [
  ...['"', "'", '`', '\\', '{', '}', '(', ')', '[', ']', '#', ',', ':', '@', '=', '~', '!', '\n', '\r', '\t'],
  ...[
    '\0',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '\ud800',
    '\u202e',
    ' or ',
    ' # ',
    '\\"',
    '\\\n',
    '{}',
    '"}',
    '"a"',
  ],
  ...[
    'queue_depth',
    '{namespace="finance"}',
    'or queue_depth',
    ' offset ',
    'info(',
    '0x',
    '1_0',
    '$1',
    '//',
    '/*',
  ],
];

/** The text with a few pieces put in, taken out or doubled at random places. */
export function mutate(random: Random, text: string): string {
  let mutated = text;
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) {
    const at = Math.floor(random() * (mutated.length + 1));
    const skip = random() < 0.4 ? Math.floor(random() * 6) : 0;
    const piece = random() < 0.8 ? pick(random, NASTY) : mutated.slice(at, at + 8);
    mutated = mutated.slice(0, at) + piece + mutated.slice(at + skip);
  }
  return mutated;
}
