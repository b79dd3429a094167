import { expect, test } from 'vitest';
import { fitSeries, fitStep } from '../../../src/toolset/query/sizing.ts';
import { momentOf, secondsOf } from '../../../src/toolset/query/time.ts';

const NOW = 1_700_000_000;

test.for<[string | number, number]>([
  ['now', NOW],
  ['-15m', NOW - 900],
  ['now-1h30m', NOW - 5400],
  ['1600000000.5', 1_600_000_000.5],
  [1_600_000_000, 1_600_000_000],
  ['2023-11-14T22:13:20Z', NOW],
  ['2023-11-14T23:13:20.000+01:00', NOW],
])('%j is a moment', ([input, seconds]) => {
  expect(momentOf(input, NOW)).toBe(seconds);
});

test.for<string | number>([
  '',
  'tomorrow',
  '15m',
  '-15',
  '-',
  '2023-11-14',
  1_700_000_000_000,
  -1,
  Number.NaN,
  '1e99',
])('%j is no moment', (input) => {
  expect(() => momentOf(input, NOW)).toThrow(/invalid_arguments/);
});

test('durations are read in seconds', () => {
  expect(secondsOf('1h30m')).toBe(5400);
  expect(secondsOf('1w2d')).toBe(777_600);
  expect(secondsOf('500ms')).toBe(0.5);
});

test('a step is kept when it fits, raised when not, and chosen when absent', () => {
  expect(fitStep(3600, 60, 100)).toBe(60);
  expect(fitStep(3600, 1, 100)).toBe(60);
  expect(fitStep(3600, undefined, 11_000)).toBe(30);
  for (const seconds of [1, 59, 86_400, 31_536_000, 315_360_000]) {
    for (const wished of [undefined, 0.001, 7]) {
      const step = fitStep(seconds, wished, 500);
      expect(Math.floor(seconds / step) + 1).toBeLessThanOrEqual(500);
    }
  }
});

test('series are kept whole as long as they fit, and one alone is shortened to its latest', () => {
  const series = [{ values: [1, 2, 3] }, { values: [4, 5] }];
  expect(fitSeries(series, 10, 5)).toEqual({ kept: series, cut: false });
  expect(fitSeries(series, 10, 4)).toEqual({ kept: [series[0]], cut: true });
  expect(fitSeries(series, 1, 100)).toEqual({ kept: [series[0]], cut: true });
  expect(fitSeries(series, 10, 2)).toEqual({ kept: [{ values: [2, 3] }], cut: true });
  expect(fitSeries([], 10, 2)).toEqual({ kept: [], cut: false });
});
