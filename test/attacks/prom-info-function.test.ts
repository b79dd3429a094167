import { describe, test } from 'vitest';
import { openAttack } from '../services/prometheus/attack.ts';

const attack = openAttack();

describe.skipIf(!attack.available)('functions that read or do more than their selectors say', () => {
  test.for([
    'info(queue_depth)',
    'info(queue_depth, {namespace="finance"})',
    'info(queue_depth, {__name__=~".+"})',
    'sum(info(queue_depth))',
    'INFO(queue_depth)',
    'info (queue_depth)',
    'limitk(5, queue_depth)',
    'limit_ratio(0.5, queue_depth)',
    'sort_by_label(queue_depth, "namespace")',
    'mad_over_time(queue_depth[5m])',
    'double_exponential_smoothing(queue_depth[5m], 0.5, 0.5)',
    'start_timestamp(queue_depth)',
    'label_set(queue_depth, "namespace", "shop")',
    'union(queue_depth, queue_depth)',
    'constructor(queue_depth)',
    '__proto__(queue_depth)',
    'queue_depth + fill(0) queue_depth',
    'rate(queue_depth[5m] smoothed)',
    'rate(queue_depth[5m] anchored)',
    'rate(queue_depth[step()])',
    'rate(queue_depth[5m + 5m])',
    'rate(queue_depth[range()])',
  ])('%s is refused', (expr) => attack.refused('prom_query', { expr }));

  test('a metric that is only called like a function is a metric', async () => {
    await attack.confined('prom_query', { expr: 'info or rate or sum or toString' });
  });
});
