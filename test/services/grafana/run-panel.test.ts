import { describe, expect, test } from 'vitest';
import { runPanel } from '../../../src/services/grafana/tools/run-panel.ts';
import { BACKEND_SECRET } from '../../twins/grafana-state.ts';
import { braced, prometheus, series } from './filled.ts';
import { openLab } from './lab.ts';

const lab = openLab();
type Args = Parameters<typeof run>[0];

const run = (args: {
  panel: number;
  variables?: Record<string, string[]>;
  from?: string;
  to?: string;
  points?: number;
}) => lab.scoped().read(runPanel, 'shop', { dashboard: 'shop-main', ...args });
const texts = async (args: Args) => (await run(args)).queries.map(({ text }) => text);
/** Stores one query as the only panel and runs it. */
const stored = (target: object, variables: object[] = [], panel: object = {}) =>
  lab.twin().state.editByHand('shop-main', (model) => {
    model.panels = [
      { id: 1, type: 'timeseries', datasource: prometheus, targets: [{ refId: 'A', ...target }], ...panel },
    ];
    model.templating = { list: variables };
  });
const sent = () =>
  lab
    .twin()
    .requests.filter(({ path }) => path === '/api/ds/query')
    .map(({ body }) => body as { from: string; to: string; queries: Record<string, unknown>[] });

describe('what is sent', () => {
  test('each query alone, of the fields that its language needs', async () => {
    await run({ panel: 1, from: '2026-01-01T00:00:00Z', to: '2026-01-01T01:00:00Z', points: 10 });
    expect(sent()).toEqual([
      {
        from: '1767225600000',
        to: '1767229200000',
        queries: [
          {
            refId: 'A',
            expr: 'sum(rate(http_requests_total{job=~"(api|web\\\\.v1)"}[$__rate_interval]))',
            datasource: prometheus,
            maxDataPoints: 10,
            intervalMs: 360_000,
            instant: false,
            range: true,
            format: 'time_series',
            exemplar: false,
            utcOffsetSec: 0,
          },
        ],
      },
      expect.objectContaining({
        queries: [expect.objectContaining({ refId: 'B', instant: true, range: false })],
      }),
    ]);
  });

  test('log lines are bounded, and a stored bound is kept', async () => {
    await run({ panel: 3 });
    expect(sent()[0]?.queries).toMatchObject([
      { expr: '{job=~"api|web\\\\.v1"} |= "error"', queryType: 'range', maxLines: 50, direction: 'backward' },
    ]);
    stored({ expr: '{a="b"}', maxLines: 100_000 }, [], { datasource: { type: 'loki', uid: 'loki-1' } });
    lab.twin().forget();
    await run({ panel: 1 });
    expect(sent()[0]?.queries).toMatchObject([{ maxLines: 500 }]);
  });

  test('an instant and a range of one query are sent apart, as the front end does', async () => {
    stored({ expr: 'up', instant: true, range: true, interval: '30s', format: 'table' });
    expect((await run({ panel: 1 })).queries.map(({ ref_id }) => ref_id)).toEqual(['A', 'A-Instant']);
    expect(sent().map(({ queries }) => queries[0])).toMatchObject([
      { range: true, instant: false, interval: '30s', format: 'table' },
      { range: false, instant: true },
    ]);
  });

  test('a data source by name, by default, and through a variable', async () => {
    for (const datasource of ['name of prom-1', null, 'default', '$ds', braced('ds')]) {
      stored({ expr: 'up' }, [{ name: 'ds', type: 'datasource', current: { value: 'prom-1' } }], {
        datasource,
      });
      expect(await texts({ panel: 1 })).toEqual(['up']);
    }
    expect(sent().map(({ queries }) => queries[0]?.datasource)).toEqual(Array(5).fill(prometheus));
  });
});

describe('variables', () => {
  test.each([
    ['$a', 'b', ['b']],
    ['[[a]]', 'b', ['b']],
    [braced('a'), "it's \\", ["it\\\\'s \\\\"]],
    [braced('a:raw'), 'x"y', ['x"y']],
    [braced('a:regex'), 'a.b', ['a\\.b']],
    ['$ab $1 $', 'b', ['$ab $1 $']],
    ['$a', '$b', ['$b']],
    ['$__interval $__range_s', 'b', ['$__interval $__range_s']],
  ])('%s of %j is put in as %j', async (text, value, expected) => {
    stored({ expr: text }, [{ name: 'a', type: 'custom', current: { value } }]);
    expect(await texts({ panel: 1 })).toEqual(expected);
  });

  test.each([
    [undefined, '(a\\\\.b|c)'],
    [['c'], 'c'],
    [['c', 'a.b'], '(c|a\\\\.b)'],
  ])('several values (%j) become a group', async (given, expected) => {
    const multi = {
      name: 'a',
      type: 'query',
      multi: true,
      includeAll: true,
      current: { value: ['$__all'] },
      options: [{ value: '$__all' }, { value: 'a.b' }, { value: 'c' }],
    };
    stored({ expr: 'up{x=~"$a"}' }, [multi]);
    expect(await texts({ panel: 1, ...(given ? { variables: { a: given } } : {}) })).toEqual([
      `up{x=~"${expected}"}`,
    ]);
  });

  test('a text for All is put in as it is', async () => {
    stored({ expr: 'up{x=~"$a"}' }, [
      {
        name: 'a',
        type: 'query',
        includeAll: true,
        allValue: '.+',
        current: { value: '$__all' },
        options: [],
      },
    ]);
    expect(await texts({ panel: 1 })).toEqual(['up{x=~".+"}']);
  });

  test('a moment of the range', async () => {
    stored({ expr: `vector($__to - ${braced('__from')})` });
    expect(await texts({ panel: 1, from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:01:00Z' })).toEqual([
      'vector(1767225660000 - 1767225600000)',
    ]);
  });

  test.each([
    ['All without stored options', { type: 'query', includeAll: true, current: { value: '$__all' } }],
    ['nothing', { type: 'query', current: {} }],
    [
      'an interval that the front end works out',
      { type: 'interval', current: { value: '$__auto_interval_a' } },
    ],
  ])('one that was saved on %s has to be given', async (_, variable) => {
    stored({ expr: 'up{x="$a"}' }, [{ name: 'a', ...variable }]);
    await expect(run({ panel: 1 })).rejects.toMatchObject({
      code: 'invalid_arguments',
      detail: expect.stringContaining('variable a'),
    });
    if (variable.type === 'query')
      expect(await texts({ panel: 1, variables: { a: ['b'] } })).toEqual(['up{x="b"}']);
  });
});

describe('what comes back', () => {
  test('numbers that JSON has not, and cells of other kinds', async () => {
    stored({ expr: 'up' });
    const frame = {
      schema: {
        name: 'f',
        fields: [{ name: 'v', type: 'number' }, { name: 'labels', type: 'other' }, { name: 'tsNs' }],
      },
      data: {
        values: [[null, 1, null, null], [{ a: 'b' }, 'x'.repeat(3000), true], ['1']],
        entities: [{ NaN: [0], Inf: [2], NegInf: [3, 99] }, null],
      },
    };
    lab.twin().frames = () => [frame, { schema: {}, data: null }];
    const { frames } = await run({ panel: 1 });
    expect(frames[0]).toEqual({
      ref_id: 'A',
      name: 'f',
      columns: [
        { name: 'v', type: 'number' },
        { name: 'labels', type: 'other' },
      ],
      rows: [
        ['NaN', '{"a":"b"}'],
        [1, `${'x'.repeat(2000)}…`],
        ['+Inf', true],
        ['-Inf', null],
      ],
    });
    expect(frames[1]).toEqual({ ref_id: 'A', columns: [], rows: [] });
  });

  test('rows, frames and bytes are bounded, and the answer says so', async () => {
    stored({ expr: 'up' });
    lab.twin().frames = () => Array.from({ length: 30 }, () => series({ a: 'b' }, Array(30).fill(1)));
    const read = (limits: object) =>
      lab.scoped().read(runPanel, 'shop', { dashboard: 'shop-main', panel: 1 }, { limits });
    const whole = await read({});
    expect(whole).toMatchObject({ truncated: false });
    expect(whole.frames).toHaveLength(30);
    const few = await read({ rows: 7 });
    expect(few.truncated).toBe(true);
    expect(few.frames.map(({ rows }) => rows.length)).toEqual(Array(7).fill(7));
    const small = await read({ bytes: 2000 });
    expect(small.truncated).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(small))).toBeLessThan(2000);
  });

  test('a query that fails is named without its data source’s words, and the others are shown', async () => {
    lab.twin().frames = ({ refId }) =>
      refId === 'A' ? { error: `Post "http://u:${BACKEND_SECRET}@backend"` } : [series({}, [1])];
    const answer = await run({ panel: 1 });
    expect(answer.not_run).toEqual([{ ref_id: 'A', why: 'the data source could not run the query' }]);
    expect(answer.frames).toMatchObject([{ ref_id: 'B' }]);
    expect(JSON.stringify(answer)).not.toContain(BACKEND_SECRET);
  });
});
