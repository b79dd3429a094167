import { evaluate, type HeldStream, linesOf, type Sample, type Value } from './logql-evaluator.ts';
import type { Understood } from './logql-parser.ts';
import { type Matcher, matches } from './logql-stages.ts';

/** The endpoints of the Loki twin: which parameters each knows, and what it answers. */

/** What a test may change about the lists. */
export interface Lists {
  /** Lists of names do not heed `query`, as https://github.com/grafana/loki/issues/11867 tells. */
  ignoresSelectors: boolean;
  /** Without it `patterns` is not found. */
  hasPatterns: boolean;
}

const MAX_LIMIT = 5000;
const MAX_POINTS = 11_000;
const PERIOD = ['start', 'end'];
/** An answer that is no success. */
export class Refusal extends Error {
  readonly status: number;
  readonly isViolation: boolean;
  constructor(status: number, message: string, isViolation = false) {
    super(message);
    this.status = status;
    this.isViolation = isViolation;
  }
}

type Params = Readonly<Record<string, string>>;
export type Read = (query: string | undefined) => Understood;

export interface Endpoint {
  readonly params: readonly string[];
  answer(params: Params, twin: { streams: readonly HeldStream[]; behaviour: Lists; read: Read }): unknown;
}

const succeed = (data: unknown) => ({ status: 'success', ...(data === undefined ? {} : { data }) });

export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  query: {
    params: ['query', 'time', 'limit', 'direction'],
    answer(params, { streams, read }) {
      const { expression } = read(params.query);
      if (expression.kind === 'logs') {
        throw new Refusal(
          400,
          'log queries are not supported as an instant query type, please change your query to a range query type',
        );
      }
      const at = momentOf(params.time, Date.now() / 1000);
      return succeed({ ...instant(evaluate(expression, streams, at), at), stats: {} });
    },
  },
  query_range: {
    params: ['query', 'limit', ...PERIOD, 'since', 'step', 'interval', 'direction'],
    answer(params, { streams, read }) {
      const { expression } = read(params.query);
      const { start, end } = periodOf(params);
      if (expression.kind !== 'logs') {
        const step = Number(params.step ?? Math.max(Math.floor((end - start) / 250), 1));
        if (!(step > 0)) throw new Refusal(400, `cannot parse "${params.step}" to a valid duration`);
        if ((end - start) / step > MAX_POINTS) {
          throw new Refusal(
            400,
            'exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter',
          );
        }
        const points = Array.from(
          { length: Math.floor((end - start) / step) + 1 },
          (_, index) => start + index * step,
        );
        return succeed({
          resultType: 'matrix',
          result: matrix(points, (at) => evaluate(expression, streams, at)),
          stats: {},
        });
      }
      const direction = (params.direction ?? 'backward').toLowerCase();
      if (direction !== 'backward' && direction !== 'forward')
        throw new Refusal(400, `invalid direction '${direction}'`);
      const found = linesOf(expression, streams, start, end);
      return succeed({
        resultType: 'streams',
        result: inStreams(found, limitOf(params), direction),
        stats: {},
      });
    },
  },
  series: {
    params: ['match[]', ...PERIOD, 'since'],
    answer(params, { streams, read }) {
      if (params['match[]'] === undefined) throw new Refusal(400, '0 matcher groups supplied');
      return succeed(
        within(streams, selectorOf(read, params['match[]']), periodOf(params)).map(({ labels }) => labels),
      );
    },
  },
  labels: {
    params: [...PERIOD, 'since', 'query'],
    answer: (params, twin) => names(params, twin, ({ labels }) => Object.keys(labels)),
  },
  'index/stats': {
    params: ['query', ...PERIOD],
    answer(params, { streams, read }) {
      const found = within(streams, selectorOf(read, params.query), periodOf(params));
      const lines = found.flatMap(({ entries }) => entries.map(({ line }) => line));
      const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
      return { streams: found.length, chunks: found.length, entries: lines.length, bytes };
    },
  },
  patterns: {
    params: ['query', ...PERIOD, 'step'],
    answer(params, { streams, behaviour, read }) {
      if (!behaviour.hasPatterns) throw new Refusal(404, '');
      const counts = new Map<string, [number, number][]>();
      for (const { entries } of within(streams, selectorOf(read, params.query), periodOf(params))) {
        for (const { line, nanoseconds } of entries) {
          const pattern = line.replace(/\d+/g, '<_>');
          counts.set(pattern, [...(counts.get(pattern) ?? []), [Math.floor(Number(nanoseconds) / 1e9), 1]]);
        }
      }
      return succeed([...counts].map(([pattern, samples]) => ({ pattern, samples })));
    },
  },
};

export const valuesOf = (label: string): Endpoint => ({
  params: [...PERIOD, 'since', 'query'],
  answer: (params, twin) =>
    names(params, twin, ({ labels }) => (labels[label] === undefined ? [] : [labels[label]])),
});

function names(
  params: Params,
  { streams, behaviour, read }: { streams: readonly HeldStream[]; behaviour: Lists; read: Read },
  of: (stream: HeldStream) => readonly string[],
) {
  const isHeeded = params.query !== undefined && !behaviour.ignoresSelectors;
  const selector = params.query === undefined ? [] : selectorOf(read, params.query);
  const found = new Set(within(streams, isHeeded ? selector : [], periodOf(params)).flatMap(of));
  // Go leaves an empty list out.
  return succeed(found.size === 0 ? undefined : [...found].sort());
}

function selectorOf(read: Read, text: string | undefined): readonly Matcher[] {
  const { expression } = read(text);
  if (expression.kind === 'logs' && expression.stages.length === 0) return expression.selector;
  throw new Refusal(400, 'only label matchers are supported');
}

function within(
  streams: readonly HeldStream[],
  selector: readonly Matcher[],
  { start, end }: { start: number; end: number },
): HeldStream[] {
  return streams
    .filter(({ labels }) => selector.every((matcher) => matches(labels, matcher)))
    .filter(({ entries }) =>
      entries.some(
        ({ nanoseconds }) => Number(nanoseconds) / 1e9 >= start && Number(nanoseconds) / 1e9 < end,
      ),
    );
}

const labelsOf = ({ labels }: Sample) => labels;

function instant(value: Value, at: number) {
  if (typeof value === 'number') return { resultType: 'scalar', result: [at, String(value)] };
  return {
    resultType: 'vector',
    result: value.map((sample) => ({ metric: labelsOf(sample), value: [at, String(sample.value)] })),
  };
}

function matrix(points: readonly number[], valueAt: (at: number) => Value) {
  const series = new Map<string, { metric: Sample['labels']; values: [number, string][] }>();
  for (const at of points) {
    const value = valueAt(at);
    for (const sample of typeof value === 'number' ? [{ labels: {}, value }] : value) {
      const key = JSON.stringify(Object.entries(sample.labels).sort());
      const one = series.get(key) ?? { metric: sample.labels, values: [] };
      one.values.push([at, String(sample.value)]);
      series.set(key, one);
    }
  }
  return [...series.values()];
}

function inStreams(found: ReturnType<typeof linesOf>, limit: number, direction: string) {
  const sign = direction === 'forward' ? 1 : -1;
  const ordered = [...found]
    .sort((one, other) => sign * (one.nanoseconds < other.nanoseconds ? -1 : 1))
    .slice(0, limit);
  const streams = new Map<string, { stream: Sample['labels']; values: [string, string][] }>();
  for (const { nanoseconds, line, labels } of ordered) {
    const key = JSON.stringify(Object.entries(labels).sort());
    const one = streams.get(key) ?? { stream: labels, values: [] };
    one.values.push([nanoseconds, line]);
    streams.set(key, one);
  }
  return [...streams.values()];
}

function limitOf({ limit = '100' }: Params): number {
  const value = Number(limit);
  if (!Number.isInteger(value) || value <= 0) throw new Refusal(400, 'limit must be a positive value');
  if (value <= MAX_LIMIT) return value;
  throw new Refusal(
    400,
    `max entries limit per query exceeded, limit > max_entries_limit_per_query (${value} > ${MAX_LIMIT})`,
  );
}

function periodOf({ start, end }: Params) {
  const now = Date.now() / 1000;
  const period = { start: momentOf(start, now - 3600), end: momentOf(end, now) };
  if (period.end < period.start)
    throw new Refusal(400, 'end timestamp must not be before or equal to start time');
  return period;
}

/** Unix seconds of a moment: with a dot seconds, up to ten digits seconds, more nanoseconds. */
function momentOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^\d+\.\d+$/.test(text)) return Number(text);
  if (/^\d+$/.test(text)) return text.length <= 10 ? Number(text) : Number(text) / 1e9;
  const parsed = Date.parse(text) / 1000;
  if (Number.isNaN(parsed)) throw new Refusal(400, `cannot parse "${text}" to a valid timestamp`);
  return parsed;
}
