import { describe, expect, test } from 'vitest';
import { openAttack } from '../services/loki/lab.ts';

const attack = openAttack();
const NASTY = [
  '"} or {namespace="finance"}',
  '\\"} | drop namespace | label_format a="',
  '`} or {namespace=`finance`}',
  '" or "ledger',
  '\n} | json {',
  '\\',
  '#',
  '{{.namespace}}',
];

describe('LogQL in the fields of a typed query', () => {
  test.for(NASTY)('%j is a value everywhere', async (value) => {
    for (const args of [
      { matchers: [{ label: 'app', op: '!=', value }] },
      { line_filters: [{ op: '!=', value }] },
      { label_filters: [{ label: 'app', op: '!=', value }] },
      { parser: { type: 'pattern', expression: `<a>${value}` } },
    ]) {
      await attack.confined('loki_query_range', args);
      await attack.confined('loki_query', { ...args, function: 'count_over_time', window: '1h' });
    }
  });

  test.for<object>([
    { matchers: [{ label: 'app"} or {namespace', value: 'finance' }] },
    { matchers: [{ label: 'app', op: '="x"} or {namespace=', value: 'finance' }] },
    { matchers: [{ label: 'by', value: 'x' }] },
    { line_filters: [{ op: '| drop namespace |=', value: 'x' }] },
    { parser: { type: 'json | drop namespace' } },
    { parser: { type: 'pattern' } },
    { label_filters: [{ label: 'a', op: '>', value: '5 or namespace="finance"' }] },
    { label_filters: [{ label: 'a | drop namespace', value: 'x' }] },
    { label_filters: [{ label: 'a', op: '>', value: Number.POSITIVE_INFINITY }] },
    { function: 'rate', window: '5m]) or rate({namespace="finance"}[5m' },
    { function: 'sum_over_time', window: '5m', unwrap: 'a [5m]) or rate({namespace="finance"}' },
    { function: 'rate(', window: '5m' },
    {
      function: 'rate',
      window: '5m',
      aggregation: { op: 'sum', by: ['a) (rate({x="y"}[5m])) or sum by (b'] },
    },
    { function: 'rate', window: '5m', aggregation: { op: 'variants' } },
    { matchers: [{ label: 'app', value: '\ud800' }] },
    { matchers: [{ label: 'app', value: '\0' }] },
  ])('%j is refused', async (args) => {
    await attack.refused('loki_query_range', args);
  });

  test('no field is more than it is', async () => {
    await attack.confined('loki_query_range', { matchers: [{ label: 'namespace', value: 'finance' }] });
    expect(attack.twin().requests[0]?.params.query).toBe('{namespace="finance", namespace="shop"}');
  });
});
