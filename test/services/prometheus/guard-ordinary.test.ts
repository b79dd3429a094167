import { describe, expect, inject, test } from 'vitest';
import { guardExpression } from '../../../src/services/prometheus/guard.ts';
import { countSelectors, unconfined } from './confinement.ts';
import { formatted } from './fixture.ts';

/** What dashboards and alerts of common exporters ask: one that the guard refuses is a fault of the guard. */
const ORDINARY = [
  'up',
  'up == 0',
  'up{job="api"} == 0',
  'up{job=~"api|web",instance!~".*:9090"}',
  'rate(http_requests_total[5m])',
  'sum(rate(http_requests_total[5m])) by (code)',
  'sum by (job, instance) (rate(http_requests_total{job="api"}[5m]))',
  'sum without (instance) (rate(http_requests_total[5m]))',
  'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))',
  'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 0.01',
  '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))',
  'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))',
  'histogram_quantile(0.95, sum(rate(http_request_duration_seconds_bucket{job="api"}[5m])) by (le, route))',
  'histogram_quantile(0.9, rate(checkout_seconds_bucket[10m]))',
  'rate(checkout_seconds_sum[5m]) / rate(checkout_seconds_count[5m])',
  'increase(http_requests_total[1h])',
  'irate(node_network_receive_bytes_total{device!="lo"}[1m]) * 8',
  'delta(cpu_temp_celsius{host="zeus"}[2h])',
  'deriv(process_resident_memory_bytes[30m])',
  'predict_linear(node_filesystem_avail_bytes[6h], 24 * 3600) < 0',
  'predict_linear(node_filesystem_free_bytes{job="node"}[1h], 4*3600) < 0 and node_filesystem_readonly == 0',
  'changes(process_start_time_seconds[15m]) > 2',
  'resets(http_requests_total[1d])',
  'avg_over_time(queue_depth[10m])',
  'max_over_time(queue_depth[1d])',
  'min_over_time(up[5m])',
  'quantile_over_time(0.95, queue_depth[1h])',
  'stddev_over_time(queue_depth[1h])',
  'count_over_time(up[5m])',
  'last_over_time(queue_depth[5m])',
  'present_over_time(up[5m])',
  'absent(up{job="api"})',
  'absent_over_time(up{job="api"}[10m])',
  'topk(5, sum by (app) (rate(http_requests_total[5m])))',
  'bottomk(3, node_filesystem_avail_bytes)',
  'quantile(0.9, queue_depth)',
  'count_values("version", build_info)',
  'count by (version) (build_info)',
  'group(up) by (job)',
  'stddev(queue_depth) / avg(queue_depth)',
  'max_over_time(rate(http_requests_total[5m])[1h:1m])',
  'avg_over_time(sum(rate(http_requests_total[1m]))[30m:])',
  'min_over_time((up == bool 1)[5m:30s])',
  'queue_depth offset 5m',
  'rate(http_requests_total[5m] offset 1w)',
  'sum(rate(http_requests_total[5m])) - sum(rate(http_requests_total[5m] offset 1d))',
  'queue_depth offset -5m',
  'queue_depth @ 1700000000',
  'rate(http_requests_total[5m] @ end())',
  'queue_depth @ start() offset 5m',
  'http_requests_total * on (namespace) group_left (version) build_info',
  'kube_pod_info * on (namespace, pod) group_left (node) kube_pod_status_phase{phase="Running"}',
  'a / ignoring (code) group_left b',
  'a * on (x) group_right (y) b',
  'method_code:http_errors:rate5m{code="500"} / ignoring(code) method:http_requests:rate5m',
  'job:request_latency:mean5m > 0.5',
  'up == bool 1',
  'queue_depth > bool on (queue) queue_depth',
  'label_replace(up, "host", "$1", "instance", "(.*):.*")',
  'label_join(up, "target", "/", "job", "instance")',
  'sort_desc(sum by (app) (http_requests_total))',
  'sort(queue_depth)',
  'clamp(queue_depth, 0, 100)',
  'clamp_max(queue_depth, 10) + clamp_min(queue_depth, 1)',
  'round(queue_depth, 0.1)',
  'ceil(queue_depth) + floor(queue_depth) - abs(-queue_depth)',
  'time() - process_start_time_seconds',
  'time() - timestamp(up)',
  'timestamp(up)',
  'vector(1)',
  'vector(time())',
  'scalar(sum(up)) * 2',
  'sum(up) or vector(0)',
  'up and on (instance) node_load1 > 4',
  'up unless on (job) maintenance_mode == 1',
  'hour() > 8 and hour() < 18',
  'day_of_week(vector(time())) == 0',
  'days_in_month() - day_of_month()',
  'ALERTS{alertstate="firing"}',
  'count(ALERTS{alertstate="firing",severity="page"}) by (alertname)',
  '{__name__=~"node_.*",job="node"}',
  '{__name__="up"}',
  '{job="api"}',
  "up{job='api'}",
  'up{path=`C:\\tmp`}',
  'up{job="api",}',
  'sum by (job,) (up)',
  '-queue_depth ^ 2 % 3',
  '2 ^ 3 ^ 2',
  '(1 + 2) * 3',
  'ln(queue_depth) + log2(queue_depth) + log10(queue_depth) + exp(queue_depth) + sqrt(queue_depth)',
  'sgn(queue_depth) * pi()',
  'queue_depth atan2 queue_depth',
  'rate(\n  http_requests_total{\n    job="api",\n    code=~"5.."\n  }[5m]\n)\n/\nrate(http_requests_total[5m])\n',
  'SUM BY (job) (RATE_total)',
  'sum(rate(container_cpu_usage_seconds_total{container!="",container!="POD"}[5m])) by (pod) / sum(kube_pod_container_resource_limits{resource="cpu"}) by (pod) * 100',
  '1 - (sum(rate(sli_errors[1h])) / sum(rate(sli_total[1h]))) < 0.999',
  '0x1F + 1e3 + .5 + Inf - NaN',
];

describe('ordinary expressions', () => {
  test.for(ORDINARY)('%s', (expr) => {
    const { expr: confined, selectors } = guardExpression(expr, { namespace: 'shop' });
    expect(unconfined(confined)).toEqual([]);
    expect(selectors).toHaveLength(countSelectors(expr));
    expect(guardExpression(expr, {}).selectors).toHaveLength(countSelectors(expr));
  });

  const backend = inject('prometheus');
  test.skipIf(!backend)('a real server understands each of them as before', async () => {
    for (const expr of ORDINARY) {
      const before = await formatted(backend?.port ?? 0, expr);
      const after = await formatted(backend?.port ?? 0, guardExpression(expr, {}).expr);
      expect(before, expr).toBeDefined();
      expect(after, expr).toBe(before);
    }
  });
});
