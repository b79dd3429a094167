import { describe, expect, test } from 'vitest';
import { openAttack } from '../services/prometheus/attack.ts';

const attack = openAttack();

const VALUES = [
  '"} or queue_depth{namespace="finance',
  "'} or queue_depth{a='",
  '`} or queue_depth',
  '\\',
  '\\"} or queue_depth{a="',
  '#',
  'a\nb',
  '} # ',
  '\u2028"}\u0000'.slice(0, 3),
  '{}[]()',
  '$(id)',
];

describe.skipIf(!attack.available)('PromQL in the fields of a typed query', () => {
  test.for(VALUES)('the value %j stays a value', async (value) => {
    const matchers = [{ label: 'queue', op: '!=', value }];
    const answer = await attack.confined('prom_query', { metric: 'queue_depth', matchers });
    expect(answer.result).toMatchObject([{ metric: { queue: 'mail' } }]);
    await attack.confined('prom_series', { metric: 'queue_depth', matchers });
    await attack.confined('prom_labels', { label: 'queue', matchers });
    await attack.confined('prom_query', {
      metric: 'queue_depth',
      matchers,
      function: 'max_over_time',
      window: '5s',
    });
  });

  test.for(VALUES)('the metric name %j stays a name', async (metric) => {
    await attack.confined('prom_query', { metric });
  });

  test.for([
    { metric: 'queue_depth', matchers: [{ label: 'queue', op: '="x"} or queue_depth #', value: '' }] },
    { metric: 'queue_depth', function: 'rate', window: '5m]) or queue_depth #' },
    { metric: 'queue_depth', function: 'info' },
    { metric: 'queue_depth', aggregation: { op: 'sum(queue_depth) or sum' } },
    { metric: 'queue_depth', aggregation: { op: 'topk', k: '1, queue_depth) or (queue_depth' } },
    { metric: 'queue_depth', aggregation: { op: 'sum', by: ['a) (queue_depth) or sum by (b'] }, expr: 'up' },
  ])('%j is refused', (args) => attack.refused('prom_query', args));

  test.for([
    { metric: 'queue_depth', matchers: [{ label: 'queue', op: '="x"} or queue_depth #', value: '' }] },
    { metric: 'queue_depth', aggregation: { op: 'sum', by: ['a', ') (queue_depth) or sum by (b'] } },
    { metric: 'queue_depth', aggregation: { op: 'sum(queue_depth) or sum' } },
    { metric: 'queue_depth', function: 'rate', window: '5m]) or rate(queue_depth[5m' },
    { metric: 'queue_depth', matchers: [{ label: 'a="b"} or queue_depth{c', op: '=', value: '' }] },
  ])('%j is confined even past the schema', async (args) => {
    const outcome = await attack.confined('prom_query', args, { unchecked: true }).catch((error: unknown) => {
      expect(error).toBeInstanceOf(Error);
      expect(attack.sent()).toBe('');
    });
    expect(JSON.stringify(outcome ?? {})).not.toContain('payouts');
  });
});
