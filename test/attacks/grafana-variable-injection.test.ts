import { describe, expect, test } from 'vitest';
import { runPanel } from '../../src/services/grafana/tools/run-panel.ts';
import { braced, prometheus } from '../services/grafana/filled.ts';
import { openLab } from '../services/grafana/lab.ts';

const lab = openLab();
const loki = { type: 'loki', uid: 'loki-1' };

const run = (variables: Record<string, string[]>) =>
  lab.scoped().read(runPanel, 'shop', { dashboard: 'shop-main', panel: 1, variables });
/** Stores one query as the only panel, with one variable `v`. */
const stored = (expr: string, variable: object, datasource: object = prometheus) =>
  lab.twin().state.editByHand('shop-main', (model) => {
    model.panels = [{ id: 1, type: 'timeseries', datasource, targets: [{ refId: 'A', expr }] }];
    model.templating = {
      list: [{ name: 'v', type: 'query', current: { value: 'a' }, options: [], ...variable }],
    };
  });
const queriesSent = () => lab.twin().requests.filter(({ path }) => path === '/api/ds/query');
/** Expects a refusal after which no query left. */
async function kept(variables: Record<string, string[]>) {
  await lab.unwritten(() => run(variables));
  expect(queriesSent()).toEqual([]);
}

describe('a value that would break out of its place', () => {
  const BREAKING = [
    '"} or {job="finance',
    'x"',
    "x'",
    'x\\',
    'x`',
    'x}',
    '{x',
    'a,b',
    'a|b',
    '.*',
    'a b',
    'x\n',
    'x#',
    '$__range',
    '$other',
    braced('other'),
    '$__all',
    '(',
    'ｘ',
    '\u202e',
    '',
  ];
  test.each(BREAKING)('%j', async (value) => {
    stored('up{job="$v"}', {});
    await kept({ v: [value] });
    stored('{job="$v"} |= "$v"', {}, loki);
    await kept({ v: [value] });
  });

  test('the same call with a plain word runs, so that the value is what is refused', async () => {
    stored('up{job="$v"}', {});
    expect((await run({ v: ['api-1'] })).queries).toEqual([{ ref_id: 'A', text: 'up{job="api-1"}' }]);
    stored('{job="$v"} |= "$v" | level=~"$v"', {}, loki);
    expect((await run({ v: ['api-1'] })).queries).toMatchObject([
      { text: '{job="api-1"} |= "api-1" | level=~"api-1"' },
    ]);
  });
});

describe('a plain word where it would choose more than a value', () => {
  test.each([
    ['the metric', '$v'],
    ['the metric, in braces', `${braced('v')}{job="a"}`],
    ['the metric, quoted', '{"$v"}'],
    ['the metric, by its label', '{__name__="$v"}'],
    ['the metric, by its quoted label', '{"__name__"=~"$v", a="b"}'],
    ['the label', 'up{$v="a"}'],
    ['the quoted label', 'up{"$v"="a"}'],
    ['the range', 'rate(up[$v])'],
    ['the offset', 'up offset $v'],
    ['the function', '$v(up)'],
    ['the grouping', 'sum by ($v) (up)'],
    ['an operand', 'up > $v'],
    ['an argument', 'label_replace(up, "a", "$v", "b", "(.*)")'],
    ['part of a comment', 'up # $v'],
    ['part of something unreadable', 'up{job="$v"} $unknown'],
  ])('%s', async (_, expr) => {
    stored(expr, {});
    await kept({ v: ['x1'] });
    await kept({ v: ['5m'] });
  });

  test.each([
    ['the label', '{$v="a"}'],
    ['the range', 'rate({a="b"}[$v])'],
    ['a template', '{a="b"} | line_format "$v"'],
    ['a pattern of a parser', '{a="b"} | pattern "$v"'],
    ['a comparison', '{a="b"} | logfmt | size > $v'],
  ])('%s in LogQL', async (_, expr) => {
    stored(expr, {}, loki);
    await kept({ v: ['x1'] });
    await kept({ v: ['5m'] });
  });

  test.each(['up{job=~"$v"}', 'up{job!~"$v"}', 'up{job=~`$v`}'])(
    'a dot in the pattern of %s',
    async (expr) => {
      stored(expr, {});
      await kept({ v: ['........'] });
      await kept({ v: ['a.b'] });
      // Grafana escapes the values of a variable that takes several.
      stored('up{job=~"$v"}', { multi: true });
      expect((await run({ v: ['a.b'] })).queries).toMatchObject([{ text: 'up{job=~"a\\\\.b"}' }]);
    },
  );
});

describe('a variable that is not for the caller', () => {
  test.each([
    ['a constant', { type: 'constant', query: 'prod' }],
    ['a hidden one', { hide: 2 }],
    ['a hidden one of newer models', { hide: 'hideVariable' }],
    ['one of data sources', { type: 'datasource' }],
    ['one of ad hoc filters', { type: 'adhoc' }],
    ['one of groupings', { type: 'groupby' }],
    ['one of a type that is not known', { type: 'future' }],
  ])('%s', async (_, variable) => {
    stored('up{job="$v"}', variable);
    await kept({ v: ['x1'] });
  });

  test('one that is not declared, or not the dashboard’s at all', async () => {
    stored('up{job="$v"}', {});
    await kept({ w: ['x1'] });
    await kept({ __interval: ['x1'] });
    await kept({ __proto__x: ['x1'], constructor: ['x1'] });
  });

  test('a list where only stored options are choices', async () => {
    stored('$v', { type: 'custom', options: [{ value: 'up' }, { value: 'sum(up)' }] });
    await kept({ v: ['process_open_fds'] });
    stored('up{job="$v"}', { type: 'custom', options: [{ value: 'a' }, { value: 'b' }] });
    await kept({ v: ['c'] });
    expect((await run({ v: ['b'] })).queries).toMatchObject([{ text: 'up{job="b"}' }]);
    stored('$v', { type: 'custom', options: [{ value: 'up' }, { value: 'sum(up)' }] });
    expect((await run({ v: ['sum(up)'] })).queries).toMatchObject([{ text: 'sum(up)' }]);
  });

  test('several values where one is taken, and All where it is not offered', async () => {
    stored('up{job="$v"}', {});
    await kept({ v: ['a', 'b'] });
    await kept({ v: ['$__all'] });
  });
});
