import { expect, test } from 'vitest';
import { guardQuery, guardSelector } from '../../../src/services/loki/guard.ts';
import { LogqlParser } from '../../twins/logql-parser.ts';

/** What dashboards, alerts and people at night ask: one that the guard refuses is a fault of the guard. */
const ORDINARY = [
  '{app="api"}',
  '{app="api",namespace=~"shop|web"}',
  '({app="api"} |= "error")',
  '{app="api"} |= "error" != "timeout"',
  '{app="api"} |~ "(?i)error|panic" !~ "GET /healthz"',
  '{app="api"} |= `status="500"`',
  '{app="api"} |= "timeout" or "refused" or "reset"',
  '{app="api"} |> "<_> level=error <_>"',
  '{app="api"} !> "<_> GET /healthz <_>"',
  '{app="api"} |= ip("192.168.4.0/24")',
  '{app="api"} | json',
  '{app="api"} | json | level="error"',
  '{app="api"} | json status="response.status", first="items[0]" | status >= 500',
  '{app="api"} | logfmt | duration > 10s and throughput_mb < 500',
  '{app="api"} | logfmt --strict --keep-empty | level=~"warn|error"',
  '{app="api"} | logfmt level, took="duration" | took > 250ms',
  '{app="api"} | pattern "<ip> - - <_> \\"<method> <uri> <_>\\" <status> <size>" | status = 500',
  '{app="api"} | regexp "(?P<method>\\\\w+) (?P<path>[\\\\w|/]+) \\\\((?P<code>\\\\d+)\\\\)"',
  '{app="packed"} | unpack',
  '{app="api"} | json | size > 20kB or size == 1MiB',
  '{app="api"} | logfmt | addr = ip("10.0.0.0/8")',
  '{app="api"} | logfmt | (duration >= 20ms or method="GET") and size <= 20KB, status != 200',
  '{app="api"} | json | line_format "{{.method}} {{.path}} took {{.took}}"',
  '{app="api"} | json | line_format `{{ if eq .level "error" }}!! {{ end }}{{ .msg | trunc 80 }}`',
  '{app="api"} | label_format status=code, short="{{ .path | trimPrefix \\"/api\\" | lower }}"',
  '{app="api"} | logfmt | line_format "{{ __timestamp__ | date \\"15:04:05\\" }} {{ div .ms 1000 }}"',
  '{app="api"} | decolorize',
  '{app="api"} | json | drop trace_id, level="debug"',
  '{app="api"} | json | keep level, method=~"GET|POST"',
  '{app="api"} | json | __error__=""',
  '{app="api"} | detected_level="error"',
  'rate({app="api"}[5m])',
  'sum(rate({app="api"} |= "error" [5m])) by (level)',
  'sum by (app, level) (count_over_time({namespace="shop"}[1h]))',
  'sum without (pod) (bytes_rate({app="api"}[5m]))',
  'topk(10, sum by (path) (rate({app="api"} | json [5m])))',
  'bottomk by (app) (3, rate({app="api"}[5m]))',
  'sum(rate({app="api"} |= "error"[5m])) / sum(rate({app="api"}[5m])) * 100 > 5',
  'quantile_over_time(0.99, {app="api"} | json | unwrap duration(took) | __error__="" [5m]) by (path)',
  'max_over_time({app="api"} | logfmt | unwrap bytes(size) [1m])',
  'sum(sum_over_time({app="api"} | json | unwrap bytes [1m]))',
  'avg_over_time({app="api"} | logfmt | unwrap duration_seconds(took) [10m]) by (host)',
  'absent_over_time({app="api"}[15m])',
  'rate({app="api"}[5m] offset 1h)',
  'sum(rate({app="api"}[5m])) - sum(rate({app="api"}[5m] offset 1d))',
  'count_over_time({app="api"}[5m] |= "error")',
  'sum(rate({app="api"}[5m])) or vector(0)',
  'sum(rate({app="a"}[5m])) by (pod) and on (pod) sum(rate({app="b"}[5m])) by (pod)',
  'sum by (app, pod) (rate({a="b"}[5m])) * on (app) group_left (team) sum by (app, team) (rate({a="c"}[5m]))',
  'label_replace(rate({app="api"}[1m]), "service", "$1", "pod", "(.*)-.*")',
  'sort_desc(sum by (app) (count_over_time({namespace="shop"}[1h])))',
  'stddev(rate({a="b"}[5m])) + stdvar(rate({a="b"}[5m])) ^ 2 % 3',
  'rate_counter({app="api"} | logfmt | unwrap total [5m])',
  'count_over_time({app="api"}[5m]) > bool 10',
  'avg(first_over_time({a="b"} | unwrap x [5m])) unless min(last_over_time({a="b"} | unwrap x [5m]))',
  '-1 + 2 * .5',
  'sum(\n  rate(\n    {app="api"}\n    |= "error"\n    | json\n    [5m]\n  )\n) by (path)\n',
];

const SHOP = { namespace: 'shop' };
const selectorsOf = (query: string) => new LogqlParser(query).parse().selectors;

test.for(ORDINARY)('%s', (query) => {
  const { logql, selectors } = guardQuery(query, SHOP);
  const before = selectorsOf(query);
  expect(selectors).toEqual(selectorsOf(logql));
  expect(selectors).toHaveLength(before.length);
  for (const selector of selectors) {
    expect(selector).toContainEqual({ label: 'namespace', op: '=', value: 'shop' });
  }
  expect(selectorsOf(guardQuery(query, {}).logql)).toEqual(before);
});

test.for([
  ['{app="api"} |= "x"', 'logs'],
  ['rate({app="api"}[1m])', 'metric'],
  ['(1)', 'metric'],
] as const)('%s yields %s', ([query, kind]) => {
  expect(guardQuery(query, SHOP).kind).toBe(kind);
});

test('labels of the scope are kept where others are picked', () => {
  expect(guardQuery('{app="api"} | keep app', SHOP).logql).toBe(
    '{app="api", namespace="shop"} | keep app, namespace',
  );
  expect(guardQuery('{app="api"} | keep namespace, app', SHOP).logql).toBe(
    '{app="api", namespace="shop"} | keep namespace, app',
  );
});

test('a moved window stands where the grammar takes it with an unwrap too', () => {
  expect(guardQuery('sum_over_time({a="b"}[5m] offset 1h | json | unwrap c)', SHOP).logql).toBe(
    'sum_over_time({a="b", namespace="shop"} [5m] offset 1h | json | unwrap c)',
  );
});

test('a selector is one selector', () => {
  expect(guardSelector('{app="api"}', SHOP)).toBe('{app="api", namespace="shop"}');
  for (const text of [
    '({app="api"})',
    '{app="api"} |= "x"',
    'rate({app="api"}[5m])',
    '{app="api"} or {a="b"}',
    '1',
  ]) {
    expect(() => guardSelector(text, SHOP), text).toThrow(/query_refused/);
  }
});
