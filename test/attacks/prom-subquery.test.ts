import { describe, test } from 'vitest';
import { openAttack } from '../services/prometheus/attack.ts';

const attack = openAttack();
const nested = (depth: number) => `${'('.repeat(depth)}queue_depth${')'.repeat(depth)}`;

describe.skipIf(!attack.available)('selectors hidden deep in an expression', () => {
  test.for([
    'max_over_time(queue_depth[10s:1s])',
    'max_over_time(max_over_time(queue_depth[5s:1s])[10s:1s])',
    'max_over_time((queue_depth or queue_depth{namespace="finance"})[10s:1s])',
    'max_over_time(sum by (namespace) (rate(http_requests_total[5s]))[10s:])',
    'queue_depth * scalar(sum(queue_depth{namespace="finance"}))',
    'vector(scalar(queue_depth{namespace="finance"}))',
    'topk(scalar(sum(queue_depth)), queue_depth)',
    'clamp_max(queue_depth, scalar(queue_depth{queue="payouts"}))',
    'histogram_quantile(scalar(queue_depth), rate(checkout_seconds_bucket[5s]))',
    'absent(queue_depth) or absent_over_time(queue_depth[5s]) or queue_depth',
    'queue_depth and on () (sum(queue_depth{namespace="finance"}) == 41)',
    'queue_depth * on () group_left (namespace) build_info',
    'queue_depth unless on () (build_info{version=~"9.*"})',
    '-(-(-queue_depth))',
    nested(90),
  ])('%s is confined', async (expr) => {
    await attack.confined('prom_query', { expr });
  });

  test.for([
    nested(101),
    nested(5000),
    `${'-'.repeat(5000)}queue_depth`,
    `queue_depth${' + queue_depth'.repeat(500)}`,
    `queue_depth{queue!="${'a'.repeat(17_000)}"}`,
    `max_over_time(${'('.repeat(3000)}`,
    'sum(queue_depth)[5m]',
    '(queue_depth)[5m]',
    'queue_depth[5m][5m]',
    'max_over_time(queue_depth[5m:queue_depth])',
    'max_over_time(queue_depth[queue_depth:1m])',
    'max_over_time(queue_depth[:])',
    'max_over_time(queue_depth[5m:1m:1m])',
    'max_over_time(queue_depth["5m"])',
  ])('%#: too deep, too long or not understood is refused', (expr) => attack.refused('prom_query', { expr }));

  test('many selectors cannot make a small query a huge one', () =>
    attack.refused(
      'prom_query',
      { expr: Array.from({ length: 99 }, () => 'a').join('+') },
      {
        scope: {
          labels: {
            namespace: 'shop',
            ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`l${i}`, 'x'.repeat(100)])),
          },
        },
      },
    ));
});
