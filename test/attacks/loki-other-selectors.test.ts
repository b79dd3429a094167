import { describe, expect, test } from 'vitest';
import { openAttack } from '../services/loki/lab.ts';

const attack = openAttack();

/** Every place of a query in which a second selector can stand. */
const COUNT = (namespace: string) => `count_over_time({namespace="${namespace}"}[1h])`;

describe('a second selector', () => {
  test.for([
    `${COUNT('shop')} or ${COUNT('finance')}`,
    `${COUNT('shop')} + on () group_left () sum(${COUNT('finance')})`,
    `sum(${COUNT('shop')}) - sum(${COUNT('finance')})`,
    `topk(5, ${COUNT('finance')} or ${COUNT('shop')})`,
    `${COUNT('shop')} unless (vector(1) and ${COUNT('finance')})`,
    `label_replace(${COUNT('finance')}, "who", "$1", "app", "(.*)")`,
    `sort_desc(((${COUNT('finance')})))`,
    'sum_over_time({namespace="finance"} | regexp "(?P<n>[0-9]+)" | unwrap n [1h]) or vector(0)',
    'count_over_time(({namespace="finance"})[1h])',
    'count_over_time({namespace="finance"}[1h] offset 1s | json)',
    'absent_over_time({namespace="finance"}[1h])',
  ])('%s is confined too', async (logql) => {
    const selectors = logql.split('{').length - 1;
    const answer = await attack.confined('loki_query', { logql });
    expect(attack.twin().selectors).toHaveLength(selectors);
    await attack.confined('loki_query_range', { logql, start: '-1h', step: '30m' });
    expect(JSON.stringify(answer.result ?? [])).not.toContain('"finance"');
  });

  test.for([
    'variants(rate({namespace="shop"}[1h])) of ({namespace="finance"}[1h])',
    'variants(count_over_time({a="b"}[1h]), bytes_over_time({a="b"}[1h])) of ({namespace="finance"}[1h])',
    'approx_topk(5, rate({namespace="finance"}[1h]))',
    '{namespace="shop"} or {namespace="finance"}',
    '{namespace="shop"} and {namespace="finance"}',
    'rate({namespace="shop"}[1h:1m])',
    'rate({namespace="shop"} or {namespace="finance"} [1h])',
    '{namespace="shop"} | xml',
    '{namespace="shop"} | json | {namespace="finance"}',
    'info({namespace="finance"})',
  ])('%s is refused', async (logql) => {
    await attack.refused('loki_query', { logql });
    await attack.refused('loki_query_range', { logql });
  });
});
