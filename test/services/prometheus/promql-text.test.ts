import { describe, expect, test } from 'vitest';
import { buildQuery, type TypedQuery } from '../../../src/services/prometheus/promql/build.ts';
import { decodeString, encodeString } from '../../../src/toolset/query/string-literal.ts';

describe('string literals', () => {
  test.for([
    ['"a"', 'a'],
    ["'a'", 'a'],
    ['`a\\n`', 'a\\n'],
    ['"\\""', '"'],
    ["'\\''", "'"],
    ['"\'"', "'"],
    ['"\\n\\t\\\\"', '\n\t\\'],
    ['"\\x41\\101\\u0041\\U00000041"', 'AAAA'],
    ['"\\U0001F600"', '😀'],
    ['"\\a\\v"', '\x07\v'],
  ] as const)('%s is read', ([literal, value]) => {
    expect(decodeString(literal)).toBe(value);
    expect(decodeString(encodeString(value))).toBe(value);
  });

  test.for([
    '"a',
    '"',
    '"a"b"',
    '"\\\'"',
    "'\\\"'",
    '"\\q"',
    '"a\nb"',
    '"\\\n"',
    '"\\xff"',
    '"\\377"',
    '"\\ud83d"',
    '"\\U00110000"',
    '"\ud800"',
    '"\0"',
    '"\\000"',
    '`a`b`',
    '"\\',
    'a',
  ])('%j is refused', (literal) => {
    expect(decodeString(literal)).toBeUndefined();
  });
});

describe('typed queries', () => {
  test.for<[TypedQuery, string]>([
    [{ metric: 'up' }, 'up{}'],
    [{ metric: 'http.requests' }, '{__name__="http.requests"}'],
    [{ matchers: [{ label: 'a', op: '!~', value: 'b"\\' }] }, '{a!~"b\\"\\\\"}'],
    [{ metric: 'm', function: 'rate', window: '5m' }, 'rate(m{}[5m])'],
    [
      { metric: 'm', function: 'quantile_over_time', quantile: 0.5, window: '5m' },
      'quantile_over_time(0.5, m{}[5m])',
    ],
    [{ metric: 'm', aggregation: { op: 'topk', k: 3, without: ['a'] } }, 'topk without (a) (3, m{})'],
    [{ metric: 'm', aggregation: { op: 'quantile', quantile: 0.9 } }, 'quantile(0.9, m{})'],
    [{ metric: 'm', function: 'ceil', aggregation: { op: 'sum' } }, 'sum(ceil(m{}))'],
    [
      {
        metric: 'm',
        function: 'histogram_quantile',
        quantile: 0.9,
        window: '5m',
        aggregation: { op: 'sum', by: ['le', 'a'] },
      },
      'histogram_quantile(0.9, sum by (le, a) (rate(m{}[5m])))',
    ],
  ])('%j', ([query, expected]) => {
    expect(buildQuery(query)).toBe(expected);
  });

  test.for<TypedQuery>([
    {},
    { metric: 'm', function: 'rate' },
    { metric: 'm', window: '5m' },
    { metric: 'm', function: 'abs', window: '5m' },
    { metric: 'm', quantile: 0.5 },
    { metric: 'm', function: 'histogram_quantile', window: '5m' },
    { metric: 'm', function: 'histogram_quantile', window: '5m', quantile: 0.5, aggregation: { op: 'avg' } },
    { metric: 'm', aggregation: { op: 'topk' } },
    { metric: 'm', aggregation: { op: 'sum', k: 2 } },
    { metric: 'm', aggregation: { op: 'sum', by: ['a'], without: ['b'] } },
  ])('%j is refused', (query) => {
    expect(() => buildQuery(query)).toThrow(/invalid_arguments/);
  });
});
