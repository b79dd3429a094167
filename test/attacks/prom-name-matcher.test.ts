import { describe, expect, test } from 'vitest';
import { openAttack } from '../services/prometheus/attack.ts';

const attack = openAttack();

describe.skipIf(!attack.available)('a metric named by a matcher', () => {
  test.for([
    '{__name__="queue_depth"}',
    '{__name__=~".+"}',
    '{__name__=~"queue_depth|build_info|ledger.*"}',
    '{__name__!=""}',
    '{__name__!~"x"}',
    '{namespace="finance",__name__=~".+"}',
    '{namespace=~".+"}',
    '{}',
    'count by (__name__, namespace) ({__name__=~".+"})',
    'label_replace({__name__=~".+"}, "namespace", "shop", "namespace", ".*")',
    'label_replace(queue_depth, "namespace", "$1", "queue", "(.*)")',
    'label_join({__name__=~".+"}, "namespace", "", "queue")',
    'count_values("namespace", queue_depth)',
    'ALERTS',
    'scrape_samples_scraped',
    'absent(ledger_entries_total)',
  ])('%s is confined', async (expr) => {
    await attack.confined('prom_query', { expr });
  });

  test('everything by name is everything of the scope', async () => {
    const { result } = await attack.confined('prom_query', {
      expr: 'count by (namespace) ({__name__=~".+"})',
    });
    expect((result as { metric: object }[]).map(({ metric }) => metric)).toEqual([{ namespace: 'shop' }]);
  });
});
