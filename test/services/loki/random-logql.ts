import { pick, type Random } from '../prometheus/random-promql.ts';

type Rule = (random: Random, depth: number) => string;

const some = (random: Random, most: number, rule: () => string, joint: string): string =>
  Array.from({ length: 1 + Math.floor(random() * most) }, rule).join(joint);

const LABELS = [
  'namespace',
  'app',
  'level',
  'team',
  'sum',
  'count',
  'rate',
  'bytes',
  'ip',
  'duration',
  '_x1',
  'Sort',
];
/** Labels that no stage may write under the scope are left out where one would. */
const FREE = LABELS.filter((label) => label !== 'namespace');
const VALUES = [
  ...[
    '"finance"',
    '"shop"',
    '".+"',
    '".*"',
    '""',
    '`ledger`',
    '"} or {a=\\"b"',
    '"#"',
    '"a\\\\"',
    '"\\u007d"',
  ],
  ...[
    '"\\x22"',
    '`"}`',
    '"é✓"',
    '"\\t\\n"',
    '"\\175"',
    '"/*"',
    '"[5m]"',
    '") by (x"',
    '`| json`',
    '"{{.a}}"',
  ],
];
/** Those that are regular expressions too. */
const PATTERNS = VALUES.filter((value) => value !== '"a\\\\"' && value !== '") by (x"');
const valueFor = (random: Random, op: string): string => pick(random, op.endsWith('~') ? PATTERNS : VALUES);

const WINDOWS = ['5m', '1h30m', '10s', '2d', '500ms'];

const matcher: Rule = (random) => {
  const op = pick(random, ['=', '!=', '=~', '!~']);
  return `${pick(random, LABELS)}${op}${valueFor(random, op)}`;
};

const selector: Rule = (random) =>
  `{${some(random, 3, () => matcher(random, 0), pick(random, [',', ' , ', ',\n']))}}`;

const lineFilter: Rule = (random) => {
  const op = pick(random, ['|=', '|~', '|>']);
  if (random() < 0.15) return `${op} ip("10.0.0.0/8")`;
  return `${op} ${some(random, 2, () => valueFor(random, op), ' or ')}`;
};

const labelFilter: Rule = (random, depth) => {
  if (depth > 0 && random() < 0.4) {
    const parts = [labelFilter(random, depth - 1), labelFilter(random, depth - 1)];
    const joined = parts.join(pick(random, [' and ', ' or ', ', ']));
    return random() < 0.5 ? `(${joined})` : joined;
  }
  const compared = `${pick(random, LABELS)} ${pick(random, ['=', '==', '!=', '>', '>=', '<', '<='])}`;
  return pick<() => string>(random, [
    () => matcher(random, 0),
    () => `${compared} ${pick(random, ['5', '-1.5', '1e3', '.5'])}`,
    () => `${compared} ${pick(random, ['250ms', '1.5s', '-1m', '3h2m'])}`,
    () => `${compared} ${pick(random, ['1KB', '2.5MiB', '10B', '3kB'])}`,
    () => `${pick(random, LABELS)} ${pick(random, ['=', '!='])} ip("192.168.0.1")`,
  ])();
};

const extraction: Rule = (random) =>
  random() < 0.5 ? pick(random, FREE) : `${pick(random, FREE)}=${pick(random, ['"a.b"', '"c[0]"', '`d`'])}`;

const stage: Rule = (random, depth) =>
  pick<() => string>(random, [
    () => lineFilter(random, 0),
    () => '| json',
    () => `| json ${some(random, 2, () => extraction(random, 0), ', ')}`,
    () => `| logfmt ${pick(random, ['', '--strict', '--keep-empty --strict'])}`,
    () => `| logfmt ${some(random, 2, () => extraction(random, 0), ',')}`,
    () => '| pattern "<ip> <_> <path>"',
    () => '| regexp "(?P<code>[0-9]+)"',
    () => '| unpack',
    () => '| decolorize',
    () => `| ${labelFilter(random, depth)}`,
    () => '| line_format "{{.app}} {{ __line__ | lower }}"',
    () =>
      `| label_format ${pick(random, FREE)}=${pick(random, ['"{{.app}}"', '`{{ if .a }}b{{ end }}`', pick(random, FREE)])}`,
    () => `| drop ${some(random, 2, () => pick(random, FREE), ', ')}`,
    () => `| keep ${some(random, 2, () => pick(random, LABELS), ', ')}`,
  ])();

const stages: Rule = (random, depth) =>
  random() < 0.3
    ? ''
    : `${negated(random, 0)} ${some(random, 3, () => stage(random, Math.max(0, depth - 1)), ' ')}`;

/** Only right behind a selector: behind a label it would be read as a matcher on it. */
const negated: Rule = (random) => {
  const op = pick(random, ['!=', '!~', '!>']);
  return random() < 0.3 ? ` ${op} ${valueFor(random, op)}` : '';
};

const moved: Rule = (random) => pick(random, ['', '', '', ' offset 5m', ' offset -1h']);

const unwrap: Rule = (random) =>
  ` | unwrap ${pick(random, ['count', 'bytes', 'bytes(count)', 'duration(app)', 'duration_seconds(_x1)'])}${pick(random, ['', ' | __error__=""'])}`;

const windowed: Rule = (random, depth) => {
  const window = `[${pick(random, WINDOWS)}]`;
  return pick<() => string>(random, [
    () => `${selector(random, 0)}${stages(random, depth)} ${window}${moved(random, 0)}`,
    () => `(${selector(random, 0)}${stages(random, depth)})${window}${moved(random, 0)}`,
    () => `${selector(random, 0)}${window}${moved(random, 0)}${stages(random, depth)}`,
  ])();
};

const unwrapped: Rule = (random, depth) =>
  `${selector(random, 0)}${stages(random, depth)}${unwrap(random, 0)} [${pick(random, WINDOWS)}]`;

const grouping: Rule = (random) =>
  pick(random, [
    '',
    ' by (namespace)',
    ' by (app, level)',
    ' without (team)',
    ' by ()',
    ' without (namespace)',
  ]);
const matching: Rule = (random) =>
  pick(random, [
    '',
    ' on (app)',
    ' ignoring (level, team)',
    ' on () group_left (app)',
    ' on (app) group_right ()',
  ]);

const metric: Rule = (random, depth) => {
  const next = (rule: Rule) => rule(random, depth - 1);
  if (depth <= 0) return `count_over_time(${windowed(random, 0)})`;
  return pick<() => string>(random, [
    () =>
      `${pick(random, ['rate', 'count_over_time', 'bytes_rate', 'bytes_over_time', 'absent_over_time'])}(${next(windowed)})`,
    () =>
      `${pick(random, ['sum_over_time', 'max_over_time', 'last_over_time', 'rate_counter'])}(${next(unwrapped)})`,
    () => `quantile_over_time(0.9, ${next(unwrapped)})${next(grouping)}`,
    () => `${pick(random, ['sum', 'max', 'count', 'avg'])}${next(grouping)} (${next(metric)})`,
    () => `sum (${next(metric)})${next(grouping)}`,
    () => `topk${next(grouping)}(3, ${next(metric)})`,
    () => `sort_desc(${next(metric)})`,
    () => `label_replace(${next(metric)}, "copy", "$1", "namespace", "(.*)")`,
    () => `(${next(metric)})`,
    () => `${next(metric)} ${pick(random, ['+', '-', '*', '/', '%', '^'])}${next(matching)} ${next(metric)}`,
    () =>
      `${next(metric)} ${pick(random, ['==', '>', '<= bool', '!= bool'])} ${pick(random, ['1', '0.5', '-2'])}`,
    () => `${next(metric)} ${pick(random, ['and', 'or', 'unless'])} ${next(metric)}`,
    () => `${next(metric)} or vector(${pick(random, ['0', '1.5'])})`,
  ])();
};

/** A LogQL query that the rules above know, at most `depth` deep. */
export const randomQuery = (random: Random, depth: number): string =>
  random() < 0.4 ? `${selector(random, 0)}${stages(random, depth)}` : metric(random, depth);
