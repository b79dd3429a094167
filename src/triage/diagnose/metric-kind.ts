/**
 * What a metric's name says about it: which way is bad, and whether callers suffer from it.
 * Names are the data's own, so this goes by the words in them.
 */
export type MetricKind = 'latency' | 'errors' | 'success' | 'saturation' | 'traffic' | 'other';

const WORDS: readonly (readonly [MetricKind, RegExp])[] = [
  ['errors', /unhealthy|unavailab|unready|not ready|unsuccess/],
  ['success', /availab|success|apdex|uptime|healthy|\bready\b|\bok\b|\bup\b/],
  [
    'errors',
    /error|\berrs?\b|fail|\bfaults?\b|[45]xx|exception|timeout|reject|restart|\boom|panic|drop|loss|retrans|retries/,
  ],
  ['latency', /laten|duration|response time|\brt\b|delay|elapsed|\blag\b|time to/],
  [
    'saturation',
    /cpu|mem\b|memory|heap|disk|socket|\bio\b|\bfd\b|files|thread|queue|pool|connection|throttl|saturat|util|\bgc\b|usage/,
  ],
  ['traffic', /request|rps|qps|tps|throughput|workload|\bload\b|traffic|calls|count|rate|bytes|packets/],
];

export function metricKind(metric: string): MetricKind {
  const words = metric
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ');
  return WORDS.find(([, pattern]) => pattern.test(words))?.[0] ?? 'other';
}

/** Which ways of a kind are bad. */
export const BAD: Readonly<Record<MetricKind, readonly ('up' | 'down')[]>> = {
  latency: ['up'],
  errors: ['up'],
  success: ['down'],
  saturation: ['up'],
  traffic: ['up', 'down'],
  other: ['up', 'down'],
};

/** Kinds of findings that a caller inherits from what it calls; what a metric of unknown meaning may be one of. */
export const PROPAGATES: ReadonlySet<string> = new Set<MetricKind | 'logs'>([
  'latency',
  'errors',
  'success',
  'other',
  'logs',
]);

/**
 * Which statistic of a metric speaks for it, the smallest first. A mean adds up along a call, a quantile does not;
 * between quantiles, those that many requests stand behind.
 */
export function statisticOrder(stat: string): number {
  const name = stat.toLowerCase();
  if (/^(average|avg|mean|sum|rate|value|total|count|)$/.test(name)) return 0;
  const order = ['p90', 'p95', 'p75', 'p99', 'p50', 'median', 'max', 'maximum'].indexOf(name);
  return order < 0 ? 9 : order + 1;
}

/** Whether values of this statistic may be added, weighted by calls, from callees to a caller. */
export const addsUp = (stat: string): boolean => statisticOrder(stat) === 0;
