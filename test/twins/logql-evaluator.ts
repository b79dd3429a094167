import type { Expression, Grouping, Logs } from './logql-parser.ts';
import { comparison, type Entry, matches, unwrapped } from './logql-stages.ts';

type Labels = Readonly<Record<string, string>>;

/** One stream that the twin holds. */
export interface HeldStream {
  readonly labels: Labels;
  readonly entries: readonly { readonly nanoseconds: string; readonly line: string }[];
}
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}
/** What an expression is at one moment. */
export type Value = number | readonly Sample[];

const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort());

/** The lines of a query from `start` to before `end`, both Unix seconds, in the order of their streams. */
export function linesOf(logs: Logs, streams: readonly HeldStream[], start: number, end: number): Entry[] {
  return through(logs, streams, (seconds) => seconds >= start && seconds < end);
}

function through(logs: Logs, streams: readonly HeldStream[], isIn: (seconds: number) => boolean): Entry[] {
  return streams
    .filter(({ labels }) => logs.selector.every((matcher) => matches(labels, matcher)))
    .flatMap(({ labels, entries }) =>
      entries
        .filter(({ nanoseconds }) => isIn(Number(nanoseconds) / 1e9))
        .flatMap(({ nanoseconds, line }) => {
          let entry: Entry | undefined = { nanoseconds, line, labels, base: labels };
          for (const stage of logs.stages) entry = entry && stage(entry);
          return entry ? [entry] : [];
        }),
    );
}

/** Evaluates an expression that yields numbers at one moment, in Unix seconds. */
export function evaluate(expression: Expression, streams: readonly HeldStream[], at: number): Value {
  if (expression.kind === 'number') return expression.value;
  if (expression.kind === 'vector') return [{ labels: {}, value: expression.value }];
  if (expression.kind === 'range') return overWindow(expression, streams, at);
  if (expression.kind === 'aggregate') return aggregate(expression, samplesOf(expression.inner, streams, at));
  if (expression.kind === 'binary') {
    const sides = [expression.left, expression.right].map((side) => evaluate(side, streams, at));
    return combine(expression, sides[0] ?? [], sides[1] ?? []);
  }
  if (expression.kind === 'replace') {
    const { target, replacement, source, pattern } = expression;
    return samplesOf(expression.inner, streams, at).map(({ labels, value }) => {
      const found = new RegExp(`^(?:${pattern})$`).exec(labels[source] ?? '');
      const written = found
        ? replacement.replace(/\$(\d)/g, (_, group) => found[Number(group)] ?? '')
        : undefined;
      return { value, labels: written === undefined ? labels : { ...labels, [target]: written } };
    });
  }
  throw new Error('lines are no numbers');
}

function samplesOf(expression: Expression, streams: readonly HeldStream[], at: number): readonly Sample[] {
  const value = evaluate(expression, streams, at);
  return typeof value === 'number' ? [{ labels: {}, value }] : value;
}

function overWindow(
  { op, parameter = 0.5, logs, seconds, offset, grouping }: Extract<Expression, { kind: 'range' }>,
  streams: readonly HeldStream[],
  at: number,
): readonly Sample[] {
  const end = at - offset;
  const found = through(logs, streams, (moment) => moment > end - seconds && moment <= end);
  if (op === 'absent_over_time') return found.length > 0 ? [] : [{ labels: equalities(logs), value: 1 }];
  const groups = groupBy(found, ({ labels }) => {
    const { [logs.unwrap?.label ?? '']: _, ...rest } = labels;
    return grouping ? grouped(rest, grouping) : rest;
  });
  return groups.map(({ labels, items }) => ({
    labels,
    value: ofWindow(op, items, logs, seconds, parameter),
  }));
}

const equalities = ({ selector }: Logs): Labels =>
  Object.fromEntries(selector.filter(({ op }) => op === '=').map(({ label, value }) => [label, value]));

function ofWindow(
  op: string,
  entries: readonly Entry[],
  logs: Logs,
  seconds: number,
  quantile: number,
): number {
  const { unwrap } = logs;
  const values = entries.map(({ line, labels }) =>
    unwrap ? unwrapped(labels[unwrap.label] ?? '', unwrap.conversion) : Buffer.byteLength(line),
  );
  if (op === 'count_over_time') return entries.length;
  if (op === 'rate' && !unwrap) return entries.length / seconds;
  const sum = values.reduce((one, other) => one + other, 0);
  if (op.startsWith('rate') || op === 'bytes_rate') return sum / seconds;
  return statistic(op.replace(/_over_time$/, '').replace('bytes', 'sum'), values, quantile);
}

function statistic(name: string, values: readonly number[], quantile: number): number {
  const ordered = [...values].sort((one, other) => one - other);
  const sum = values.reduce((one, other) => one + other, 0);
  const mean = sum / values.length;
  const variance = values.reduce((one, other) => one + (other - mean) ** 2, 0) / values.length;
  const known: Readonly<Record<string, number | undefined>> = {
    sum,
    avg: mean,
    count: values.length,
    min: ordered[0],
    max: ordered.at(-1),
    first: values[0],
    last: values.at(-1),
    stddev: Math.sqrt(variance),
    stdvar: variance,
    quantile: ordered[Math.round((ordered.length - 1) * quantile)],
  };
  return known[name] ?? Number.NaN;
}

function aggregate(
  { op, parameter = 1, grouping }: Extract<Expression, { kind: 'aggregate' }>,
  samples: readonly Sample[],
): readonly Sample[] {
  const sign = op === 'sort' || op === 'bottomk' ? 1 : -1;
  const ordered = (items: readonly Sample[]) =>
    [...items].sort((one, other) => sign * (one.value - other.value));
  if (op.startsWith('sort')) return ordered(samples);
  const groups = groupBy(samples, ({ labels }) =>
    grouped(labels, grouping ?? { without: false, labels: [] }),
  );
  if (op.endsWith('k')) return groups.flatMap(({ items }) => ordered(items).slice(0, parameter));
  return groups.map(({ labels, items }) => ({
    labels,
    value: statistic(
      op,
      items.map(({ value }) => value),
      0,
    ),
  }));
}

const grouped = (labels: Labels, { without, labels: names }: Grouping): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name) !== without));

function groupBy<T>(items: readonly T[], labelsOf: (item: T) => Labels): { labels: Labels; items: T[] }[] {
  const groups = new Map<string, { labels: Labels; items: T[] }>();
  for (const item of items) {
    const labels = labelsOf(item);
    const group = groups.get(keyOf(labels)) ?? { labels, items: [] };
    group.items.push(item);
    groups.set(keyOf(labels), group);
  }
  return [...groups.values()];
}

const ARITHMETIC: Readonly<Record<string, (one: number, other: number) => number>> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  '/': (one, other) => one / other,
  '%': (one, other) => one % other,
  '^': (one, other) => one ** other,
};

type Binary = Extract<Expression, { kind: 'binary' }>;

function combine({ op, bool, matching }: Binary, left: Value, right: Value): Value {
  const keyed = (labels: Labels) => keyOf(grouped(labels, matching ?? { without: true, labels: [] }));
  const isIn = (sample: Sample, others: Value) =>
    typeof others !== 'number' && others.some(({ labels }) => keyed(labels) === keyed(sample.labels));
  if (typeof left === 'number' && typeof right === 'number') return joined(op, true, left, right) ?? 0;
  if (typeof left === 'number') return combineWith(right, (value) => joined(op, bool, left, value));
  if (typeof right === 'number') return combineWith(left, (value) => joined(op, bool, value, right));
  if (op === 'and') return left.filter((one) => isIn(one, right));
  if (op === 'unless') return left.filter((one) => !isIn(one, right));
  if (op === 'or') return [...left, ...right.filter((one) => !isIn(one, left))];
  return left.flatMap((one) =>
    right
      .filter((other) => keyed(other.labels) === keyed(one.labels))
      .flatMap((other) => combineWith([one], (value) => joined(op, bool, value, other.value))),
  );
}

const combineWith = (samples: Value, join: (value: number) => number | undefined): Sample[] =>
  (typeof samples === 'number' ? [] : samples).flatMap(({ labels, value }) => {
    const result = join(value);
    return result === undefined ? [] : [{ labels, value: result }];
  });

function joined(op: string, bool: boolean, one: number, other: number): number | undefined {
  const arithmetic = ARITHMETIC[op];
  if (arithmetic) return arithmetic(one, other);
  const holds = comparison(op)(one, other);
  if (bool) return holds ? 1 : 0;
  return holds ? one : undefined;
}
