import { describe, expect, test } from 'vitest';
import { buildQuery, type TypedQuery } from '../../../src/services/loki/logql/build.ts';
import { judgeTemplate } from '../../../src/services/loki/logql/template.ts';

const CART = { matchers: [{ label: 'app', op: '=', value: 'cart' }] };

describe('typed queries', () => {
  test.for<[TypedQuery, string]>([
    [CART, '{app="cart"}'],
    [{}, '{namespace="shop"}'],
    [{ matchers: [{ label: 'a', op: '!~', value: 'b"\\' }] }, '{a!~"b\\"\\\\"}'],
    [{ ...CART, line_filters: [{ op: '|=', value: '"} |= `' }] }, '{app="cart"} |= "\\"} |= `"'],
    [{ ...CART, parser: { type: 'json' } }, '{app="cart"} | json'],
    [
      { ...CART, parser: { type: 'pattern', expression: '<a> "<_>"' } },
      '{app="cart"} | pattern "<a> \\"<_>\\""',
    ],
    [{ ...CART, label_filters: [{ label: 'code', op: '>=', value: 500 }] }, '{app="cart"} | code >= 500'],
    [{ ...CART, label_filters: [{ label: 'took', op: '>', value: '250ms' }] }, '{app="cart"} | took > 250ms'],
    [{ ...CART, label_filters: [{ label: 'took', op: '=', value: '250ms' }] }, '{app="cart"} | took="250ms"'],
    [{ ...CART, function: 'rate', window: '5m' }, 'rate({app="cart"} [5m])'],
    [
      { ...CART, function: 'quantile_over_time', quantile: 0.9, unwrap: 'took', window: '5m' },
      'quantile_over_time(0.9, {app="cart"} | unwrap took | __error__="" [5m])',
    ],
    [
      {
        ...CART,
        function: 'count_over_time',
        window: '5m',
        aggregation: { op: 'topk', k: 3, by: ['app', 'level'] },
      },
      'topk by (app, level) (3, count_over_time({app="cart"} [5m]))',
    ],
    [
      { ...CART, function: 'rate', window: '5m', aggregation: { op: 'sum', without: ['pod'] } },
      'sum without (pod) (rate({app="cart"} [5m]))',
    ],
  ])('%j', ([query, expected]) => {
    expect(buildQuery(query, { namespace: 'shop' })).toBe(expected);
  });

  test.for<TypedQuery>([
    { ...CART, window: '5m' },
    { ...CART, unwrap: 'took' },
    { ...CART, quantile: 0.5 },
    { ...CART, aggregation: { op: 'sum' } },
    { ...CART, function: 'rate' },
    { ...CART, function: 'sum_over_time', window: '5m' },
    { ...CART, function: 'count_over_time', window: '5m', unwrap: 'took' },
    { ...CART, function: 'rate', window: '5m', quantile: 0.5 },
    { ...CART, function: 'rate', window: '5m', aggregation: { op: 'topk' } },
    { ...CART, function: 'rate', window: '5m', aggregation: { op: 'sum', k: 2 } },
    { ...CART, function: 'rate', window: '5m', aggregation: { op: 'sum', by: ['a'], without: ['b'] } },
    { ...CART, parser: { type: 'json', expression: 'a' } },
    { ...CART, parser: { type: 'regexp' } },
    { ...CART, label_filters: [{ label: 'a', op: '>', value: 'text' }] },
    { ...CART, label_filters: [{ label: 'a', op: '=~', value: 5 }] },
  ])('%j is refused', (query) => {
    expect(() => buildQuery(query, { namespace: 'shop' })).toThrow(/invalid_arguments/);
  });

  test('without a scope something has to be named', () => {
    expect(() => buildQuery({}, {})).toThrow(/name at least one matcher/);
  });
});

describe('templates', () => {
  test.for([
    ['plain { text } with }} in it', 0],
    ['{{.a}} and {{ .b | lower }}', 2],
    ['{{- .a -}}', 1],
    ['{{ if and (eq .a "x}}") (gt 5 .b) }}y{{ else if not .c }}`{{ else }}{{ __line__ }}{{ end }}', 4],
    ['{{ __timestamp__ | date "2006" }}', 0],
    ['{{ .a | default `}}` | trunc -3 }}', 1],
  ] as const)('%s puts in %s pieces', ([template, pieces]) => {
    expect(judgeTemplate(template)).toEqual({ pieces });
  });

  test.for([
    '{{ range .a }}{{ end }}',
    '{{ with .a }}{{ end }}',
    '{{ define "t" }}{{ template "t" }}{{ end }}',
    '{{ block "t" . }}{{ end }}',
    '{{ $x := .a }}',
    '{{ . }}',
    '{{ .a',
    '{{/* note */}}',
    "{{ 'a' }}",
    '{{ "a }}',
    '{{ printf "%1000000000d" 1 }}',
    '{{ .a | repeat 1000000 }}',
    '{{ indent 1000000 .a }}',
    '{{ alignLeft 1000000 .a }}',
    '{{ .a | replace "a" "aaaaaaaa" }}',
    '{{ regexReplaceAll "" .a "xxxxxxxx" }}',
    '{{ .token | b64enc }}',
    '{{ .token | urlencode }}',
    '{{ fromJson .a }}',
    '{{ env "HOME" }}',
    '{{ call .a }}',
    '{{ index .a 0 }}',
  ])('%s is refused', (template) => {
    expect(judgeTemplate(template).refusal).toEqual(expect.any(String));
  });
});
